import { readFileSync } from 'node:fs';

/** Of this system's accounting (Linux: always 100). */
const TICKS_PER_SECOND = 100;

/**
 * Memory and time of a living process.
 * @returns {{ rssBytes: number, peakBytes: number, cpuSeconds: number } | undefined} undefined for a process that is
 *   gone, and where there is no /proc
 */
export function readProcess(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    // Fields behind the name, which may hold anything, in brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return {
      rssBytes: kilobytes(status, 'VmRSS') * 1024,
      peakBytes: kilobytes(status, 'VmHWM') * 1024,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined;
  }
}

/** A process that has ended and was not waited for has no memory. */
function kilobytes(status, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
}
