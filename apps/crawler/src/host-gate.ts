import type { Clock } from './clock';
import { Semaphore } from './semaphore';

export interface HostGateOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Least time between the starts of two requests to one host. */
  readonly delayMillis: number;
  /** Requests under way at once to one host. */
  readonly perHost: number;
  /** Requests under way at once, all hosts together. */
  readonly concurrency: number;
  /** A host that asks for a longer wait is not waited for. */
  readonly maxHoldMillis: number;
}

/** The host asked for a longer wait than one run has. */
export class HostHeldBackError extends Error {
  override readonly name = 'HostHeldBackError';

  constructor(
    host: string,
    readonly waitMillis: number,
  ) {
    super(`${host} asked to wait ${Math.ceil(waitMillis / 1000)} s`);
  }
}

interface HostState {
  readonly slots: Semaphore;
  /** Settles when the last request that asked before has had its turn. */
  tail: Promise<void>;
  nextAtMillis: number;
  /** Until when the host asked to be left alone. */
  heldUntilMillis: number;
  delayMillis: number;
}

/** Politeness within one process: spaces and limits the requests to each host. */
export class HostGate {
  readonly #options: HostGateOptions;
  readonly #all: Semaphore;
  readonly #hosts = new Map<string, HostState>();

  constructor(options: HostGateOptions) {
    this.#options = options;
    this.#all = new Semaphore(options.concurrency);
  }

  /**
   * Runs the task when it is the host's turn. Rejects when the crawl is aborted while waiting.
   * @throws HostHeldBackError
   */
  async run<T>(host: string, task: () => Promise<T>): Promise<T> {
    const state = this.#state(host);
    return state.slots.run(async () => {
      await this.#turn(host, state);
      return this.#all.run(task);
    });
  }

  /** Nothing starts at this host before the time has passed. */
  holdBack(host: string, millis: number): void {
    const state = this.#state(host);
    state.heldUntilMillis = Math.max(state.heldUntilMillis, this.#options.clock.now() + millis);
  }

  /** Crawl-delay of the host's robots.txt; a shorter one than ours changes nothing. */
  slowDown(host: string, delayMillis: number): void {
    const state = this.#state(host);
    if (delayMillis <= state.delayMillis) return;
    // The request for robots.txt itself was the last one.
    state.nextAtMillis += delayMillis - state.delayMillis;
    state.delayMillis = delayMillis;
  }

  #turn(host: string, state: HostState): Promise<void> {
    const turn = state.tail.then(async () => {
      const { clock, signal, maxHoldMillis } = this.#options;
      for (;;) {
        signal.throwIfAborted();
        // Another answer may have held the host back while this one waited.
        const hold = state.heldUntilMillis - clock.now();
        if (hold > maxHoldMillis) throw new HostHeldBackError(host, hold);
        const rest = Math.max(hold, state.nextAtMillis - clock.now());
        if (rest <= 0) break;
        await clock.wait(rest, signal);
      }
      state.nextAtMillis = clock.now() + state.delayMillis;
    });
    state.tail = turn.catch(() => undefined);
    return turn;
  }

  #state(host: string): HostState {
    let state = this.#hosts.get(host);
    if (state === undefined) {
      state = {
        slots: new Semaphore(this.#options.perHost),
        tail: Promise.resolve(),
        nextAtMillis: 0,
        heldUntilMillis: 0,
        delayMillis: this.#options.delayMillis,
      };
      this.#hosts.set(host, state);
    }
    return state;
  }
}
