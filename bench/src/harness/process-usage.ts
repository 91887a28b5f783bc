import { spawn } from 'node:child_process';
import { requireUninterrupted, WinnowError } from '@winnow/contracts';
import { processTree, readProcess, readThreads, statFields, TICKS_A_SECOND } from './process-tree';
import type { ThreadReading } from './process-tree';

/** What a program and all that it started used. */
export interface TreeUsage {
  /** User and system time of the program and of every descendant that was waited for. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Largest sum over the tree of resident memory, as seen four times a second. */
  readonly peakBytes: number;
  /** User and system time of the program's own threads by their names, without the last quarter of a second of each. */
  readonly threadSeconds: Readonly<Record<string, number>>;
}

export interface TreeCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const SAMPLE_MILLIS = 250;
const KEPT_OUTPUT = 4000;

/**
 * Runs a program to its end. The kernel adds the time of a child to its parent's account once the parent has waited
 * for it, so what this process's account gained is what the whole tree used; no other child may end meanwhile.
 * @throws WinnowError INTERNAL with the last line it said when it fails, INTERRUPTED, ENGINE_UNAVAILABLE without /proc
 */
export async function runMeasured({ command, args, cwd, env, signal }: TreeCommand): Promise<TreeUsage> {
  const before = childTicks();
  const startedAt = performance.now();
  const child = spawn(command, [...args], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], signal });
  let said = '';
  const keep = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-KEPT_OUTPUT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let peakBytes = 0;
  const threads = new Map<string, ThreadReading>();
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, treeBytes(child.pid));
    for (const [id, reading] of readThreads(child.pid)) threads.set(id, reading);
  }, SAMPLE_MILLIS);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    if (exitCode !== 0) throw failure(command, exitCode, said);
  } catch (error) {
    requireUninterrupted(signal, 'The benchmark was stopped', { next: 'Run it again.' });
    throw error;
  } finally {
    clearInterval(timer);
  }
  return {
    cpuSeconds: (childTicks() - before) / TICKS_A_SECOND,
    wallSeconds: (performance.now() - startedAt) / 1000,
    peakBytes,
    threadSeconds: secondsByName([...threads.values()]),
  };
}

function failure(command: string, exitCode: number | null, said: string): WinnowError {
  const lastLine = said.trim().split('\n').at(-1) ?? '';
  return new WinnowError('INTERNAL', `A program of the benchmark ended with ${exitCode}: ${lastLine}`, {
    where: command,
    next: 'Run it by hand to see all that it says.',
  });
}

function secondsByName(threads: readonly ThreadReading[]): Readonly<Record<string, number>> {
  const seconds: Record<string, number> = {};
  for (const { name, cpuSeconds } of threads) seconds[name] = (seconds[name] ?? 0) + cpuSeconds;
  return seconds;
}

/** Time of children of this process that have ended and been waited for, theirs included. */
function childTicks(): number {
  const fields = statFields('self');
  if (fields === undefined) {
    throw new WinnowError('ENGINE_UNAVAILABLE', 'The time of other processes cannot be measured here', {
      where: '/proc/self/stat',
      next: 'Run the benchmark on Linux.',
    });
  }
  // cutime and cstime, fields 16 and 17 of proc(5).
  return Number(fields[13]) + Number(fields[14]);
}

/** Resident memory of a process and its descendants, bytes. */
function treeBytes(root: number | undefined): number {
  const tree = root === undefined ? [] : processTree(root);
  return tree.reduce((sum, pid) => sum + (readProcess(pid)?.rssBytes || 0), 0);
}
