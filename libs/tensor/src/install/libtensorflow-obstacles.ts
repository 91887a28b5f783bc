import { isWinnowError } from '@winnow/contracts';

import { isolatedPython, type Machine, nodeHeaders, type PythonCall } from '@winnow/files/native';
import { LIBTENSORFLOW_PROCESSORS } from './libtensorflow-release';
import type { LibtensorflowRelease } from './libtensorflow-release';

/** The newest of the wheels' platforms: manylinux_2_27. */
const NEEDED_GLIBC = [2, 27] as const;

/**
 * Everything that keeps a build of libtensorflow from being installed here, each as one sentence with what to do about
 * it; empty where nothing does. That the CUDA build has no GPU is none: it computes without one.
 */
export async function libtensorflowObstacles(
  machine: Machine,
  cacheDir: string,
  release: LibtensorflowRelease,
): Promise<readonly string[]> {
  const platform = platformObstacle(machine, release);
  if (platform) return [platform];
  const found = await Promise.all([
    pipObstacle(machine, cacheDir),
    programObstacle(machine, { command: 'g++', args: ['--version'] }, 'install g++'),
    headersObstacle(machine),
    roomObstacle(machine, cacheDir, release.neededBytes),
  ]);
  return found.filter((obstacle) => obstacle !== null);
}

function platformObstacle({ platform, arch, glibc }: Machine, release: LibtensorflowRelease): string | null {
  const fetched = LIBTENSORFLOW_PROCESSORS[release.variant];
  if (platform !== 'linux' || !fetched.includes(arch)) {
    const what = `libtensorflow ${release.version}${release.variant === 'cuda' ? ' for CUDA' : ''}`;
    return `${what} is fetched for linux ${fetched.join(' and ')} only, and this is ${platform} ${arch}`;
  }
  const [major = 0, minor = 0] = (glibc ?? '').split('.').map(Number);
  const [neededMajor, neededMinor] = NEEDED_GLIBC;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return null;
  return `the C library must be glibc ${NEEDED_GLIBC.join('.')} or newer, and this is ${glibc ?? 'another one'}`;
}

async function pipObstacle(machine: Machine, cacheDir: string): Promise<string | null> {
  try {
    const call = await isolatedPython(['-m', 'pip', '--version'], { cacheDir });
    return await programObstacle(machine, call, 'install python3-pip');
  } catch (error) {
    // A cache that cannot be written is named with the room that it lacks.
    return isWinnowError(error) ? error.toLine() : null;
  }
}

async function programObstacle(
  machine: Machine,
  { command, args, cwd }: Pick<PythonCall, 'command' | 'args'> & { readonly cwd?: string },
  remedy: string,
): Promise<string | null> {
  const result = await machine.run(command, args, { ...(cwd !== undefined && { cwd }) });
  return result.ok ? null : `\`${[command, ...args].join(' ')}\` fails (${result.message}): ${remedy}`;
}

async function headersObstacle(machine: Machine): Promise<string | null> {
  if (nodeHeaders(machine)) return null;
  return `node_api.h is in none of ${machine.headerDirs.join(', ')}: run \`npm install\`, or install Node's headers`;
}

async function roomObstacle(machine: Machine, cacheDir: string, needed: number): Promise<string | null> {
  let free: number;
  try {
    free = await machine.freeBytes(cacheDir);
  } catch (error) {
    return `${cacheDir} cannot be written (${(error as Error).message}): set WINNOW_CACHE to another folder`;
  }
  if (free >= needed) return null;
  return `${cacheDir} has ${gigabytes(free)} GB free and ${gigabytes(needed)} GB are needed: make room, or set WINNOW_CACHE`;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
