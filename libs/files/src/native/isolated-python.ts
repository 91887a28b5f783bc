import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { requirePrivate } from './require-private';

/** A program that may be started as it stands. */
export interface PythonCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** The folder of the cache that every Python works in. */
const WORK_FOLDER = 'python-cwd';

/**
 * The one way in which winnow calls Python. `-I` keeps the current folder, PYTHON* variables and the user's packages off its
 * path: a `pip.py` beside somebody's images must not be run. It works in a folder of the cache that only this user may enter,
 * for the Pythons that pip and others start in turn.
 * @param args paths among them are absolute
 * @param options.interpreter default: `python3` of the PATH; one in the cache must be private
 * @throws WinnowError ENGINE_UNAVAILABLE where others may write the cache; what mkdir throws where it cannot be made
 */
export async function isolatedPython(
  args: readonly string[],
  { cacheDir, interpreter = 'python3' }: { readonly cacheDir: string; readonly interpreter?: string },
): Promise<PythonCall> {
  const cwd = join(cacheDir, WORK_FOLDER);
  await mkdir(cwd, { recursive: true, mode: 0o700 });
  requirePrivate(cacheDir, [cwd, ...(interpreter.startsWith(cacheDir) ? [interpreter] : [])]);
  return { command: interpreter, args: ['-I', ...args], cwd };
}
