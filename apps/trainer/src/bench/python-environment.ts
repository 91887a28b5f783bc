import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { WinnowError } from '@winnow/contracts';

/** Folder of the benchmarks' Python scripts. */
export const SCRIPTS = path.join(__dirname, '../../../../tools/bench');

/** A program to compare with, and what pip installs for it. */
export interface PythonPackages {
  /** As a person calls it, with its version. */
  readonly title: string;
  readonly folder: string;
  /** As pip takes them: `torch==2.13.0`. */
  readonly packages: readonly string[];
  /** What to leave out where it cannot be installed. */
  readonly option: string;
}

/**
 * A Python with these packages in its own folder, made with pip on first use.
 * @returns the interpreter's path
 * @throws WinnowError ENGINE_UNAVAILABLE with pip's reason, INTERRUPTED
 */
export async function pythonWith(
  { title, folder, packages, option }: PythonPackages,
  { log, signal }: { log(line: string): void; readonly signal?: AbortSignal },
): Promise<string> {
  const python = path.join(folder, 'bin', 'python');
  const marker = path.join(folder, 'installed.json');
  if (existsSync(marker)) return python;
  log(`Installing ${title} with pip into ${folder} (once, for comparisons only)`);
  const run = promisify(execFile);
  const options = { maxBuffer: 1 << 24, ...(signal && { signal }) };
  try {
    // Without its marker it was left by an installation that did not end.
    await rm(folder, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', folder], options);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', ...packages], options);
    await writeFile(marker, `${JSON.stringify({ packages })}\n`);
  } catch (error) {
    if (signal?.aborted) throw new WinnowError('INTERRUPTED', `The installation of ${title} was stopped`);
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (error as Error).message;
    throw new WinnowError('ENGINE_UNAVAILABLE', `${title} cannot be installed: ${reason}`, {
      where: folder,
      next: `Install Python 3.10 or later with venv and pip, or leave out ${option}.`,
    });
  }
  return python;
}
