import type { ProjectConfig } from '@winnow/config';
import { projectOverview } from '@winnow/db';
import type { ProjectOverview } from '@winnow/db';
import type { EventStream } from '../server/event-stream';
import type { StudioDatabase } from '../server/studio-database';

/** How old what is known may be before it is read again, while the old is answered. */
const FRESH_MILLIS = 3000;
/** Counting all hits takes the embedded database seconds at a million, in which nothing else is answered: so many times as long it rests. */
const COUNT_PAUSE = 50;

/**
 * What the project has, kept, so that answers neither wait for the database nor need it: reading goes on while it is away.
 * Pages are told when something else turned up.
 */
export class ProjectFacts {
  readonly #config: ProjectConfig;
  readonly #database: StudioDatabase;
  readonly #events: EventStream;
  readonly #now: () => Date;
  #known: ProjectOverview | undefined;
  #readAt = -Infinity;
  #countedAt = -Infinity;
  #countPauseMillis = 0;
  #reading: Promise<ProjectOverview> | undefined;
  /** Begins when that one ends. */
  #queued: Promise<ProjectOverview> | undefined;

  constructor(config: ProjectConfig, database: StudioDatabase, events: EventStream, now: () => Date) {
    this.#config = config;
    this.#database = database;
    this.#events = events;
    this.#now = now;
  }

  /** @throws WinnowError as StudioDatabase.use, where it was never read */
  async read(): Promise<ProjectOverview> {
    if (this.#known === undefined) return this.#join();
    if (this.#now().getTime() - this.#readAt > FRESH_MILLIS) {
      this.#join().catch(() => {
        // Away: what is known is answered, and it is asked again after the same pause.
        this.#readAt = this.#now().getTime();
      });
    }
    return this.#known;
  }

  /** Reads it now: after something was changed. Hits and images are counted again where that is cheap. */
  async renew(): Promise<ProjectOverview> {
    // What is being read may be of before the change.
    const running = this.#reading;
    if (running === undefined) return this.#join();
    this.#queued ??= running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        return this.#join();
      });
    return this.#queued;
  }

  async #join(): Promise<ProjectOverview> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    const before = this.#known;
    const found = await this.#reading;
    this.#known = found;
    this.#readAt = this.#now().getTime();
    if (before !== undefined && before !== found && JSON.stringify(before) !== JSON.stringify(found)) {
      this.#events.publish('project');
    }
    return found;
  }

  async #readAll(): Promise<ProjectOverview> {
    const known = this.#now().getTime() - this.#countedAt > this.#countPauseMillis ? undefined : this.#known;
    return this.#database.use(async (db) => {
      const queriedAt = this.#now().getTime();
      const found = await projectOverview(db, this.#config.name, known);
      if (known === undefined) {
        this.#countedAt = this.#now().getTime();
        this.#countPauseMillis = COUNT_PAUSE * (this.#countedAt - queriedAt);
      }
      return found;
    });
  }
}
