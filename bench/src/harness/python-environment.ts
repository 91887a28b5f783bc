import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir, isolatedPython } from '@winnow/tensor';
import type { PythonCall } from '@winnow/tensor';

/** A Python with named packages, for comparisons and tests only. */
export interface PythonEnvironment {
  /** Of its folder, and in messages. */
  readonly name: string;
  /** As pip takes them, with versions: `pillow==13.0.0`. */
  readonly packages: readonly string[];
  /** Modules that must load. */
  readonly modules: readonly string[];
  /** What a person does who cannot have it. */
  readonly otherwise: string;
}

/** Packages of an environment as they stand in a folder's name: others make another folder. */
function folderOf({ name, packages }: PythonEnvironment, cacheDir: string): string {
  const digest = createHash('sha256').update(packages.join('\n')).digest('hex');
  return path.join(cacheDir, 'python', `${name}-${digest.slice(0, 12)}`);
}

const MARKER = 'installed.json';

/** The folder of an environment's programs if it is installed, and undefined otherwise. */
export function installedPython(environment: PythonEnvironment, cacheDir: string): string | undefined {
  const folder = folderOf(environment, cacheDir);
  return existsSync(path.join(folder, MARKER)) ? path.join(folder, 'bin') : undefined;
}

/**
 * A Python environment in the cache, made with venv and pip on first use.
 * @returns the folder of its programs
 * @throws WinnowError ENGINE_UNAVAILABLE with pip's reason, INTERRUPTED
 */
export async function pythonPrograms(
  environment: PythonEnvironment,
  cacheDir: string,
  { log, signal }: Pick<CommandIo, 'log' | 'signal'>,
): Promise<string> {
  const { name, packages, modules, otherwise } = environment;
  const installed = installedPython(environment, cacheDir);
  if (installed !== undefined) return installed;
  const folder = folderOf(environment, cacheDir);
  const programs = path.join(folder, 'bin');
  log(`Installing ${packages.join(' ')} with pip into ${folder} (once, for comparisons only)`);
  const run = async (args: readonly string[], interpreter?: string) => {
    const call = await isolatedPython(args, { cacheDir, interpreter });
    return promisify(execFile)(call.command, call.args, { cwd: call.cwd, maxBuffer: 1 << 24, signal });
  };
  try {
    // Without its marker it was left by an installation that did not end.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await run(['-m', 'venv', folder]);
    const python = path.join(programs, 'python');
    const install = ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--disable-pip-version-check'];
    await run([...install, ...packages], python);
    await run(['-c', `import ${modules.join(', ')}`], python);
    const { stdout } = await run(['-m', 'pip', 'list', '--format', 'json'], python);
    await writeFile(path.join(folder, MARKER), stdout);
  } catch (error) {
    if (signal.aborted) throw new WinnowError('INTERRUPTED', `The installation of ${name} was stopped`);
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (error as Error).message;
    throw new WinnowError('ENGINE_UNAVAILABLE', `${name} cannot be installed: ${reason}`, {
      where: folder,
      next: `Install Python 3.11 or later with venv and pip, or ${otherwise}.`,
      cause: error,
    });
  }
  return programs;
}

/** A Python of the cache. */
export interface Python {
  /** Folder of its programs. */
  readonly programs: string;
  /** How to call it. @param args paths among them are absolute */
  call(args: readonly string[]): Promise<PythonCall>;
}

/**
 * A Python of the cache, made on first use.
 * @throws WinnowError as pythonPrograms
 */
export async function pythonWith(
  environment: PythonEnvironment,
  io: Pick<CommandIo, 'env' | 'log' | 'signal'>,
): Promise<Python> {
  const cacheDir = defaultCacheDir(io.env);
  const programs = await pythonPrograms(environment, cacheDir, io);
  const interpreter = path.join(programs, 'python');
  return { programs, call: (args) => isolatedPython(args, { cacheDir, interpreter }) };
}
