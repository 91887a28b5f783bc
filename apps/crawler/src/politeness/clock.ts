import { setTimeout as delay } from 'node:timers/promises';

/** Time as the crawler sees it; specs bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after the time, or rejects when the signal is aborted. */
  wait(millis: number, signal?: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  wait: (millis, signal) => delay(millis, undefined, signal === undefined ? {} : { signal }),
};
