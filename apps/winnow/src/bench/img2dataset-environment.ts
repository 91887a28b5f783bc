import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';

export const IMG2DATASET_VERSION = '1.47.0';
const PACKAGES = [`img2dataset==${IMG2DATASET_VERSION}`];

/**
 * A Python with img2dataset in the cache, made with pip on first use.
 * @returns the folder of its programs
 * @throws WinnowError ENGINE_UNAVAILABLE with pip's reason, INTERRUPTED
 */
export async function img2datasetPrograms(cacheDir: string, { log, signal }: Pick<CommandIo, 'log' | 'signal'>) {
  const folder = path.join(cacheDir, 'img2dataset', IMG2DATASET_VERSION);
  const programs = path.join(folder, 'bin');
  const marker = path.join(folder, 'installed.json');
  if (existsSync(marker)) return programs;
  log(`Installing img2dataset ${IMG2DATASET_VERSION} with pip into ${folder} (once, for comparisons only)`);
  const run = promisify(execFile);
  const options = { maxBuffer: 1 << 24, signal };
  try {
    // Without its marker it was left by an installation that did not end.
    await rm(folder, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', folder], options);
    const python = path.join(programs, 'python');
    await run(python, ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', ...PACKAGES], options);
    await run(python, ['-c', 'import img2dataset'], options);
    const { stdout } = await run(python, ['-m', 'pip', 'list', '--format', 'json'], options);
    await writeFile(marker, stdout);
  } catch (error) {
    if (signal.aborted) throw new WinnowError('INTERRUPTED', 'The installation of img2dataset was stopped');
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (error as Error).message;
    throw new WinnowError('ENGINE_UNAVAILABLE', `img2dataset cannot be installed: ${reason}`, {
      where: folder,
      next: 'Install Python 3.10 or later with venv and pip, or leave out --against img2dataset.',
      cause: error,
    });
  }
  return programs;
}
