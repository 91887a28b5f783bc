import { cpuUsage, hrtime } from 'node:process';

const TICK_MILLIS = 5;

/**
 * The longest time for which the event loop of this process was held. Counted is what the process computed between two turns, so
 * that a machine busy with other things does not look like a stall; threads beside the loop count as if they were in it.
 */
export class StallGauge {
  longestMillis = 0;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let wall = hrtime.bigint();
    let processor = cpuUsage();
    this.#timer = setInterval(() => {
      const wallMillis = Number(hrtime.bigint() - wall) / 1e6 - TICK_MILLIS;
      const { user, system } = cpuUsage(processor);
      this.longestMillis = Math.max(this.longestMillis, Math.min(wallMillis, (user + system) / 1000));
      wall = hrtime.bigint();
      processor = cpuUsage();
    }, TICK_MILLIS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
