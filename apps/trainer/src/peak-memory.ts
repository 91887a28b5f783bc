import { readFileSync, writeFileSync } from 'node:fs';

const STATUS = '/proc/self/status';
const FORGET = '/proc/self/clear_refs';
/** What proc(5) says makes the peak of resident memory start anew. */
const FORGET_PEAK = '5';

/** Lets the peak start from what is used now, so that runs of one process do not share it; where the system can. */
export function resetPeakMemory(): void {
  try {
    writeFileSync(FORGET, FORGET_PEAK);
  } catch {
    // Not Linux, or not allowed: the peak of the process is reported then.
  }
}

/** Most resident memory since resetPeakMemory, or since the process started; bytes. */
export function peakMemoryBytes(): number {
  const ofProcess = process.resourceUsage().maxRSS * 1024;
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))?.[1];
    return kibibytes === undefined ? ofProcess : Number(kibibytes) * 1024;
  } catch {
    return ofProcess;
  }
}
