import type { ProjectConfig } from '@winnow/config';
import { projectOverview } from '@winnow/db';
import type { ProjectOverview } from '@winnow/db';
import type { EventStream } from '../server/event-stream';
import type { StudioDatabase } from '../server/studio-database';

/** How old what is known may be before it is read again, while the old is answered. */
const FRESH_MILLIS = 3000;

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
  #reading: Promise<ProjectOverview> | undefined;

  constructor(config: ProjectConfig, database: StudioDatabase, events: EventStream, now: () => Date) {
    this.#config = config;
    this.#database = database;
    this.#events = events;
    this.#now = now;
  }

  /** @throws WinnowError as StudioDatabase.use, where it was never read */
  async read(): Promise<ProjectOverview> {
    if (this.#known === undefined) return this.renew();
    if (this.#now().getTime() - this.#readAt > FRESH_MILLIS) {
      this.renew().catch(() => {
        // Away: what is known is answered, and it is asked again after the same pause.
        this.#readAt = this.#now().getTime();
      });
    }
    return this.#known;
  }

  /** Reads it now: after something was changed. */
  async renew(): Promise<ProjectOverview> {
    this.#reading ??= this.#database
      .use((db) => projectOverview(db, this.#config.name))
      .finally(() => {
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
}
