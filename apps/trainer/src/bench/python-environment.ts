import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { WinnowError } from '@winnow/contracts';
import { isolatedPython, type PythonCall } from '@winnow/tensor';

/** Folder of the benchmarks' Python scripts. */
const SCRIPTS = path.join(__dirname, '../../../../tools/bench');

/** A program to compare with, and what pip installs for it. */
export interface PythonPackages {
  /** As a person calls it, with its version. */
  readonly title: string;
  readonly cacheDir: string;
  /** Within the cache. */
  readonly folder: string;
  /** As pip takes them: `torch==2.13.0`. */
  readonly packages: readonly string[];
  /** What to leave out where it cannot be installed. */
  readonly option: string;
}

/** How to call one of the benchmarks' scripts. @param args paths among them are absolute */
export type PythonWithPackages = (script: string, args: readonly string[]) => Promise<PythonCall>;

/**
 * A Python with these packages in its own folder, made with pip on first use.
 * @returns how to call a script with it
 * @throws WinnowError ENGINE_UNAVAILABLE with pip's reason, INTERRUPTED
 */
export async function pythonWith(
  { title, cacheDir, folder, packages, option }: PythonPackages,
  { log, signal }: { log(line: string): void; readonly signal?: AbortSignal },
): Promise<PythonWithPackages> {
  const interpreter = path.join(folder, 'bin', 'python');
  const python: PythonWithPackages = (script, args) =>
    isolatedPython([path.join(SCRIPTS, script), ...args], { cacheDir, interpreter });
  const marker = path.join(folder, 'installed.json');
  if (existsSync(marker)) return python;
  log(`Installing ${title} with pip into ${folder} (once, for comparisons only)`);
  const run = async (call: Promise<PythonCall>) => {
    const { command, args, cwd } = await call;
    await promisify(execFile)(command, args, { cwd, maxBuffer: 1 << 24, ...(signal && { signal }) });
  };
  try {
    // Without its marker it was left by an installation that did not end.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await run(isolatedPython(['-m', 'venv', folder], { cacheDir }));
    const install = ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', ...packages];
    await run(isolatedPython(install, { cacheDir, interpreter }));
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
