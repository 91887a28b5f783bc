import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts time for programs in hundredths of a second, whatever its own clock. */
export const TICKS_A_SECOND = 100;

/** The fields of /proc/PID/stat from the third on: the second, a name in brackets, may hold anything. */
export function statFields(pid: number | 'self' | `${number}/task/${string}`): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It has ended meanwhile, or this is no Linux.
    return undefined;
  }
}

/** Memory and time of a living process. */
export interface ProcessReading {
  /** NaN, as `peakBytes`, for one that has ended and was not waited for. */
  readonly rssBytes: number;
  readonly peakBytes: number;
  /** User and system, without its children. */
  readonly cpuSeconds: number;
}

/** @returns undefined for a process that is gone, and where there is no /proc */
export function readProcess(pid: number): ProcessReading | undefined {
  const fields = statFields(pid);
  if (fields === undefined) return undefined;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
    // utime and stime, fields 14 and 15 of proc(5).
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    return { rssBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM'), cpuSeconds };
  } catch {
    return undefined;
  }
}

/** A thread of a living process. */
export interface ThreadReading {
  /** `main` for the first, what the kernel calls it for others. */
  readonly name: string;
  /** User and system. */
  readonly cpuSeconds: number;
}

/** By the ids of the threads; empty for a process that is gone. */
export function readThreads(pid: number | undefined): ReadonlyMap<string, ThreadReading> {
  const readings = new Map<string, ThreadReading>();
  try {
    for (const id of readdirSync(`/proc/${pid}/task`)) {
      const fields = statFields(`${Number(pid)}/task/${id}`);
      if (fields === undefined) continue;
      const name = id === String(pid) ? 'main' : readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim();
      readings.set(id, { name, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND });
    }
  } catch {
    // It, or one of its threads, has ended meanwhile.
  }
  return readings;
}

/** A process and all below it. */
export function processTree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // ppid, field 4.
    const parent = Number(statFields(Number(name))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (let index = 0; index < found.length; index += 1) found.push(...(children.get(found[index] as number) ?? []));
  return found;
}
