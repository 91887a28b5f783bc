import { giveHostsBack, keepHosts, postponeHost, takeHosts } from '@winnow/db';
import type { Database, HostLease } from '@winnow/db';

/** Hosts that this process alone may send requests to. */
export interface HostLeases {
  /** Whether others may be waiting for hosts that this process has. */
  readonly contended: boolean;
  /** How long a host is this process's after it was taken or kept, milliseconds, with a margin. */
  readonly holdMillis: number;
  /** Undefined while another process has the host. */
  take(host: string): Promise<HostLease | undefined>;
  /** Says how long nobody may send to a host, in case this process ends suddenly. */
  postpone(host: string, waitMillis: number): Promise<void>;
  giveBack(hosts: readonly { readonly host: string; readonly waitMillis: number }[]): Promise<void>;
}

/** Longer than a heartbeat, short enough that a killed worker does not hold a host up for long. */
const LEASE_MILLIS = 20_000;
/** For the way to the database, and for clocks that do not run alike. */
const MARGIN_MILLIS = 3000;

/** Leases in the database; many calls to `take` within a tick make one query. */
export class DatabaseHostLeases implements HostLeases {
  readonly #db: Database;
  readonly #holder: string;
  #wanted = new Map<string, ((lease: HostLease | undefined) => void)[]>();
  #failed: ((error: unknown) => void)[] = [];
  contended = false;
  readonly holdMillis = LEASE_MILLIS - MARGIN_MILLIS;

  /** @param holder names this process and the project that it works for */
  constructor(db: Database, holder: string) {
    this.#db = db;
    this.#holder = holder;
  }

  take(host: string): Promise<HostLease | undefined> {
    if (this.#wanted.size === 0) setImmediate(() => void this.#takeWanted());
    return new Promise((resolve, reject) => {
      this.#wanted.set(host, [...(this.#wanted.get(host) ?? []), resolve]);
      this.#failed.push(reject);
    });
  }

  async giveBack(hosts: readonly { readonly host: string; readonly waitMillis: number }[]): Promise<void> {
    await giveHostsBack(this.#db, this.#holder, hosts);
  }

  async postpone(host: string, waitMillis: number): Promise<void> {
    await postponeHost(this.#db, host, waitMillis);
  }

  /** Keeps hosts that this process has. @returns those that it still has */
  async keep(hosts: readonly string[]): Promise<ReadonlySet<string>> {
    return keepHosts(this.#db, this.#holder, { hosts, leaseMillis: LEASE_MILLIS });
  }

  async #takeWanted(): Promise<void> {
    const wanted = this.#wanted;
    const failed = this.#failed;
    this.#wanted = new Map();
    this.#failed = [];
    try {
      const leases = await takeHosts(this.#db, {
        holder: this.#holder,
        hosts: [...wanted.keys()],
        leaseMillis: LEASE_MILLIS,
      });
      const byHost = new Map(leases.map((lease) => [lease.host, lease]));
      for (const [host, waiting] of wanted) for (const resolve of waiting) resolve(byHost.get(host));
    } catch (error) {
      for (const reject of failed) reject(error);
    }
  }
}
