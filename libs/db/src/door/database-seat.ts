import { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';
import { protocolExchange } from '../embedded/protocol-exchange';
import type { HeldLock } from '../holder-lock';
import { Door } from './door';

/** The files of an embedded database, opened by this process. */
export interface OpenedCluster {
  readonly client: PGlite;
  /** Closes them; what is to be done alone is done before. */
  close(): Promise<void>;
}

export interface DatabaseSeatOptions {
  /** Takes the lock, or finds the door of the process that has it. @param isAgain the place was lost meanwhile */
  lock(isAgain: boolean): Promise<HeldLock | { readonly socket: string }>;
  open(): Promise<OpenedCluster>;
  /** Tells others that this process is a guest. @returns ends that */
  enterAsGuest(): Promise<() => Promise<void>>;
  /** Whether processes live that are guests, although their holder may be gone. */
  hasGuests(): Promise<boolean>;
  /** Without a door it gives the files back within seconds. */
  readonly isBrief: boolean;
  /** Let nobody in, where nobody is there. */
  readonly wantsAlone: boolean;
}

interface Holding {
  readonly lock: HeldLock;
  readonly cluster: OpenedCluster;
  readonly door: Door;
  readonly isAlone: boolean;
}

/**
 * A process's place at an embedded database: it holds the files and opens a door for others, or it is the guest of the process
 * that does. A guest whose holder ended takes the next place that is free, that of the holder among them.
 */
export class DatabaseSeat {
  readonly #options: DatabaseSeatOptions;
  #holding: Holding | undefined;
  /** Of the newest holder that was not this process. */
  #socket = '';
  #isGuest = false;
  #taking: Promise<void> | undefined;
  #leaveGuests: (() => Promise<void>) | undefined;
  #wasTaken = false;
  #hasLeft = false;

  constructor(options: DatabaseSeatOptions) {
    this.#options = options;
  }

  /** Whether another process holds the files: it may end at any time. */
  get isGuest(): boolean {
    return this.#holding === undefined;
  }

  /** Whether nobody else can be at work until this place is given back. */
  get isAlone(): boolean {
    return this.#holding?.isAlone === true;
  }

  /** Takes a place, where there is none. @throws WinnowError as `lock` and `open` */
  async take(): Promise<void> {
    if (this.#hasLeft) throw new Error('The database was closed');
    if (this.#holding !== undefined || this.#isGuest) return;
    this.#taking ??= this.#takeNext().finally(() => (this.#taking = undefined));
    await this.#taking;
  }

  /** The holder does not answer any more. */
  lose(): void {
    this.#isGuest = false;
  }

  /** A connection that is not begun: `connect` begins it, whatever it is told. */
  stream(): Duplex {
    if (this.#holding !== undefined) return streamWithin(this.#holding.door);
    const stream = new Socket();
    const begin = stream.connect.bind(stream) as (path: string) => typeof stream;
    // Where the holder is gone by now, that fails, and is tried again from the next place.
    return Object.assign(stream, { connect: () => begin(this.#socket) });
  }

  /** Gives the place back; guests go on with another holder. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.#taking?.catch(() => undefined);
    const holding = this.#holding;
    this.#holding = undefined;
    try {
      if (holding !== undefined) await handOn(holding);
    } finally {
      await this.#leaveGuests?.();
    }
  }

  async #takeNext(): Promise<void> {
    const found = await this.#options.lock(this.#wasTaken);
    if ('socket' in found) {
      this.#leaveGuests ??= await this.#options.enterAsGuest();
      this.#socket = found.socket;
      this.#isGuest = true;
    } else {
      this.#holding = await this.#open(found);
    }
    this.#wasTaken = true;
  }

  async #open(lock: HeldLock): Promise<Holding> {
    let cluster: OpenedCluster | undefined;
    let door: Door | undefined;
    try {
      const { isBrief, wantsAlone } = this.#options;
      cluster = await this.#options.open();
      door = new Door(protocolExchange(cluster.client));
      const hasGuests = await this.#options.hasGuests();
      const isAlone = wantsAlone && !this.#wasTaken && !hasGuests;
      const socket = isAlone ? undefined : await door.listen();
      await lock.tell(socket === undefined ? { isBrief } : { socket });
      return { lock, cluster, door, isAlone };
    } catch (error) {
      await door?.close().catch(() => undefined);
      await cluster?.close().catch(() => undefined);
      await lock.release();
      throw error;
    }
  }
}

/** Ends as a holder. Whoever comes meanwhile waits: it takes seconds. */
async function handOn({ lock, cluster, door }: Holding): Promise<void> {
  try {
    // A full disk must not keep the door open behind closed files.
    await lock.tell({ isBrief: true }).catch(() => undefined);
    await door.close();
  } finally {
    await cluster.close().finally(() => lock.release());
  }
}

/** A connection to the door of this very process. */
function streamWithin(door: Door): Duplex {
  const [own, other] = duplexPair();
  door.serve(other, false);
  return Object.assign(own, {
    setNoDelay: () => own,
    ref: () => own,
    unref: () => own,
    connect() {
      process.nextTick(() => own.emit('connect'));
      return own;
    },
  });
}
