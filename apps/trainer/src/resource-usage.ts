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

/** What a work took. */
export interface ResourceUsage {
  readonly seconds: number;
  /** Of the processor's cores together: what other programs on the machine change less. */
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

/** Counts from its making, on top of what earlier sittings took. */
export class UsageMeter {
  readonly #earlier: ResourceUsage;
  readonly #elapsed = startClock();
  #leftOut = { seconds: 0, cpuSeconds: 0 };

  constructor(earlier: ResourceUsage) {
    resetPeakMemory();
    this.#earlier = earlier;
  }

  /** Does what is no part of the work; its memory counts all the same. */
  async leaveOut<T>(work: () => Promise<T>): Promise<T> {
    const elapsed = startClock();
    const result = await work();
    const { seconds, cpuSeconds } = elapsed();
    this.#leftOut = { seconds: this.#leftOut.seconds + seconds, cpuSeconds: this.#leftOut.cpuSeconds + cpuSeconds };
    return result;
  }

  effort(): ResourceUsage {
    const { seconds, cpuSeconds } = this.#elapsed();
    return {
      seconds: this.#earlier.seconds + seconds - this.#leftOut.seconds,
      cpuSeconds: this.#earlier.cpuSeconds + cpuSeconds - this.#leftOut.cpuSeconds,
      peakMemoryBytes: Math.max(this.#earlier.peakMemoryBytes, peakMemoryBytes()),
    };
  }
}

function startClock(): () => { readonly seconds: number; readonly cpuSeconds: number } {
  const start = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}
