import { Semaphore } from '@winnow/contracts';
import type { Clock } from './clock';
import type { HostLeases } from './host-leases';

export interface HostRateLimiterOptions {
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
  /** Where other processes may want the same hosts. */
  readonly leases?: HostLeases;
  /** Waited for before each request: room for what it will bring. */
  readonly room?: () => Promise<void>;
  /** Share of the delay that is added to it, drawn anew each time; default: none. */
  readonly jitter?: () => number;
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
  /** Requests that wait or are under way. */
  users: number;
  /** Requests under way. */
  running: number;
  /** Called when nothing is under way any more. */
  whenQuiet: (() => void) | undefined;
  /** When the host became this process's; undefined while it is not. */
  leasedAtMillis: number | undefined;
  /** Until when it surely is. */
  leasedUntilMillis: number;
}

interface Turn {
  /** To be called at the end of the request. */
  release(): void;
  /** To be called when the request has gone out; later calls do nothing. */
  sent(): void;
  readonly whenSent: Promise<void>;
}

/** How often a host that another process has is asked for. */
const RETRY_LEASE_MILLIS = 250;
/** A host that others want is given up after so long, for them to have a turn. */
const LONGEST_TURN_MILLIS = 5000;
/** Shorter pauses pass while a killed process is started again. */
const LONG_PAUSE_MILLIS = 1500;
/** Hosts are given back together, a little after their last request. */
const LINGER_MILLIS = 150;

/** Politeness: spaces and limits the requests to each host, of this process and, with leases, of all. */
export class HostRateLimiter {
  readonly #options: HostRateLimiterOptions;
  readonly #all: Semaphore;
  readonly #hosts = new Map<string, HostState>();
  #lingering: NodeJS.Timeout | undefined;
  #giving: Promise<void> = Promise.resolve();

  constructor(options: HostRateLimiterOptions) {
    this.#options = options;
    this.#all = new Semaphore(options.concurrency);
  }

  /**
   * Runs the task when it is the host's turn. Rejects when the crawl is aborted while waiting.
   * @param task calls `sent` when its request has gone out: the delay until the next one counts from then, or from the
   * task's end
   * @param signal ends the wait; it costs the host no turn
   * @throws HostHeldBackError
   */
  async run<T>(
    host: string,
    task: (sent: () => void) => Promise<T>,
    signal: AbortSignal = this.#options.signal,
  ): Promise<T> {
    const state = this.#state(host);
    state.users += 1;
    const inTurn = async (): Promise<T> => {
      const { release, sent } = await this.#turn(host, state, signal);
      try {
        return await task(sent);
      } finally {
        sent();
        release();
        state.running -= 1;
        if (state.running === 0) state.whenQuiet?.();
      }
    };
    try {
      return await state.slots.run(inTurn);
    } finally {
      state.users -= 1;
      if (state.users === 0 && state.leasedAtMillis !== undefined) this.#linger();
    }
  }

  /** By the clock that holds are counted by. */
  nowMillis(): number {
    return this.#options.clock.now();
  }

  /** Nothing starts at this host before the time has passed. */
  holdBack(host: string, millis: number): void {
    const state = this.#state(host);
    state.heldUntilMillis = Math.max(state.heldUntilMillis, this.#options.clock.now() + millis);
    if (millis <= this.#options.maxHoldMillis) void this.#postpone(host, millis).catch(() => undefined);
  }

  /** Crawl-delay of the host's robots.txt; a shorter one than ours changes nothing. */
  slowDown(host: string, delayMillis: number): void {
    const state = this.#state(host);
    if (delayMillis <= state.delayMillis) return;
    // The request for robots.txt itself was the last one.
    state.nextAtMillis += delayMillis - state.delayMillis;
    state.delayMillis = delayMillis;
  }

  /** Keeps the hosts that requests are sent to; those that others have got meanwhile are asked for again. */
  async keepHosts(keep: (hosts: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void> {
    const { clock, leases } = this.#options;
    const held = [...this.#hosts].filter(([, state]) => state.leasedAtMillis !== undefined);
    const startMillis = clock.now();
    const kept = await keep(held.map(([host]) => host));
    for (const [host, state] of held) {
      if (kept.has(host)) {
        state.leasedUntilMillis = Math.max(state.leasedUntilMillis, startMillis + (leases?.holdMillis ?? 0));
        // One taken since then is of a later hour.
      } else if ((state.leasedAtMillis ?? Infinity) <= startMillis) state.leasedAtMillis = undefined;
    }
  }

  /** Gives all hosts back. Nothing may be under way. */
  async close(): Promise<void> {
    clearTimeout(this.#lingering);
    await this.#giving;
    await this.#giveBack([...this.#hosts].filter(([, { leasedAtMillis }]) => leasedAtMillis !== undefined));
  }

  /** Resolves when a request may start, with what is to be called at its end. */
  #turn(host: string, state: HostState, signal: AbortSignal): Promise<Turn> {
    const turn = state.tail.then(async () => {
      const { clock, leases, maxHoldMillis } = this.#options;
      for (;;) {
        signal.throwIfAborted();
        if (leases !== undefined) await this.#ensureLease(host, { state, leases, signal });
        // Another answer may have held the host back while this one waited.
        const hold = state.heldUntilMillis - clock.now();
        if (hold > maxHoldMillis) throw new HostHeldBackError(host, hold);
        const rest = Math.max(hold, state.nextAtMillis - clock.now());
        if (rest <= 0) break;
        await clock.wait(rest, signal);
      }
      await this.#options.room?.();
      signal.throwIfAborted();
      await this.#postpone(host, state.delayMillis);
      // Last, so that the next turn is counted from when this request really starts.
      const release = await this.#all.acquire();
      state.running += 1;
      const whenSent = this.#spacing(state);
      return { release, ...whenSent };
    });
    state.tail = turn.then(
      ({ whenSent }) => whenSent,
      () => undefined,
    );
    return turn;
  }

  /** Counts the time until the next request from when this one is sent; connecting takes its time. */
  #spacing(state: HostState): Pick<Turn, 'sent' | 'whenSent'> {
    const { clock, jitter } = this.#options;
    const delayMillis = state.delayMillis * (1 + (jitter?.() ?? 0));
    const count = (): void => {
      state.nextAtMillis = Math.max(state.nextAtMillis, clock.now() + delayMillis);
    };
    count();
    if (state.delayMillis === 0) return { sent: () => undefined, whenSent: Promise.resolve() };
    let resolve: () => void = () => undefined;
    const whenSent = new Promise<void>((done) => (resolve = done));
    let isSent = false;
    const sent = (): void => {
      if (isSent) return;
      isSent = true;
      count();
      resolve();
    };
    return { sent, whenSent };
  }

  async #ensureLease(
    host: string,
    { state, leases, signal }: { readonly state: HostState; readonly leases: HostLeases; readonly signal: AbortSignal },
  ): Promise<void> {
    const { clock } = this.#options;
    if (state.leasedAtMillis !== undefined && clock.now() < state.leasedUntilMillis) {
      if (!leases.contended || clock.now() - state.leasedAtMillis < LONGEST_TURN_MILLIS) return;
      if (state.running > 0) await new Promise<void>((resolve) => (state.whenQuiet = resolve));
      await this.#giveBack([[host, state]]);
      // Longer than others wait before they ask again.
      await clock.wait(2 * RETRY_LEASE_MILLIS, signal);
    }
    for (;;) {
      const askedMillis = clock.now();
      const lease = await leases.take(host);
      if (lease !== undefined) {
        const now = clock.now();
        state.leasedAtMillis = now;
        state.leasedUntilMillis = askedMillis + leases.holdMillis;
        state.nextAtMillis = Math.max(state.nextAtMillis, now + lease.waitMillis);
        state.heldUntilMillis = Math.max(state.heldUntilMillis, now + lease.suspendedMillis);
        return;
      }
      await clock.wait(RETRY_LEASE_MILLIS, signal);
    }
  }

  #linger(): void {
    this.#lingering ??= setTimeout(() => {
      this.#lingering = undefined;
      const idle = [...this.#hosts].filter(([, state]) => state.users === 0 && state.leasedAtMillis !== undefined);
      // What cannot be given back runs out by itself.
      const given = this.#giveBack(idle).catch(() => undefined);
      this.#giving = given;
      // Whoever comes meanwhile waits until they are given back.
      for (const [, state] of idle) state.tail = given;
    }, LINGER_MILLIS);
  }

  async #giveBack(hosts: readonly (readonly [string, HostState])[]): Promise<void> {
    const now = this.#options.clock.now();
    for (const [, state] of hosts) state.leasedAtMillis = undefined;
    if (hosts.length === 0) return;
    await this.#options.leases?.giveBack(
      hosts.map(([host, state]) => ({
        host,
        waitMillis: Math.max(0, state.nextAtMillis - now, this.#shortHold(state, now)),
      })),
    );
  }

  /** A pause that outlasts a restart of this program is written down before it begins. */
  async #postpone(host: string, millis: number): Promise<void> {
    if (millis >= LONG_PAUSE_MILLIS) await this.#options.leases?.postpone(host, millis);
  }

  /** Longer ones are noted as suspensions, which nobody waits for. */
  #shortHold({ heldUntilMillis }: HostState, now: number): number {
    const hold = heldUntilMillis - now;
    return hold > this.#options.maxHoldMillis ? 0 : hold;
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
        users: 0,
        running: 0,
        whenQuiet: undefined,
        leasedAtMillis: undefined,
        leasedUntilMillis: 0,
      };
      this.#hosts.set(host, state);
    }
    return state;
  }
}
