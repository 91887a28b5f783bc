import type { CommandIo } from '@winnow/contracts';
import { openProjectDatabase } from '@winnow/db';
import type { Database, DatabaseHandle } from '@winnow/db';
import type { ProjectConfig } from '@winnow/config';

/** How long the embedded database is kept after the last use: a page asks several things at once. */
const IDLE_MILLIS = 2000;

/** The project's database for a server that is open all day beside other commands. */
export interface StudioDatabase {
  /**
   * Queries within `work` only.
   * @throws WinnowError as openDatabase: DATABASE_BUSY and DATABASE_UNREACHABLE are answered as "away"
   */
  use<T>(work: (db: Database, handle: DatabaseHandle) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens nothing yet: a link is printed before the database is there. A server is connected to once; the embedded database
 * lets one process in, so it is given back when nothing was asked for two seconds. Once it has a door for other commands
 * `#release` is what changes: it is held as a server is.
 */
export function openStudioDatabase(config: ProjectConfig, io: Pick<CommandIo, 'log' | 'signal'>): StudioDatabase {
  return new HeldDatabase(config, io);
}

class HeldDatabase implements StudioDatabase {
  readonly #config: ProjectConfig;
  readonly #io: Pick<CommandIo, 'log' | 'signal'>;
  #opening: Promise<DatabaseHandle> | undefined;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(config: ProjectConfig, io: Pick<CommandIo, 'log' | 'signal'>) {
    this.#config = config;
    this.#io = io;
  }

  async use<T>(work: (db: Database, handle: DatabaseHandle) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#users += 1;
    try {
      const handle = await (this.#opening ??= this.#open());
      return await work(handle.db, handle);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#release();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const opening = this.#opening;
    this.#opening = undefined;
    const handle = await opening?.catch(() => undefined);
    await Promise.all([handle?.close(), this.#closing]);
  }

  async #open(): Promise<DatabaseHandle> {
    await this.#closing;
    try {
      return await openProjectDatabase(
        this.#config,
        { holder: 'winnow studio', create: false, isBrief: true },
        this.#io,
      );
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  #release(): void {
    const opening = this.#opening;
    if (opening === undefined || this.#config.databaseUrl !== undefined) return;
    this.#idle = setTimeout(() => {
      this.#opening = undefined;
      this.#closing = opening.then((handle) => handle.close()).catch(() => undefined);
    }, IDLE_MILLIS).unref();
  }
}
