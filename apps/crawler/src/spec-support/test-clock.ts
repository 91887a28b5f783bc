import type { Clock } from '../politeness/clock';

/** Time that stands still but for waits, which take none. */
export class TestClock implements Clock {
  readonly waited: number[] = [];
  #time = 1_700_000_000_000;

  now(): number {
    return this.#time;
  }

  wait(millis: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(new Error('aborted'));
    this.waited.push(millis);
    this.#time += millis;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
