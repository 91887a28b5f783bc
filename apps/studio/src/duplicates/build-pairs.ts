import { listConflicts, listExclusions } from '@winnow/db';
import { settledOrAway } from '../server/database-away';
import type { StudioContext } from '../server/studio-context';
import { pairLists } from './pair-lists';
import type { PairLists } from './pair-lists';

/** Data sets of which lists are held. */
const MAX_HELD = 2;

/** The copies of data sets as lists, read once and kept: a data set does not change. */
export class BuildPairs {
  readonly #parts: Pick<StudioContext, 'config' | 'database'>;
  /** By id of the data set; the one that was asked for last comes last. */
  readonly #held = new Map<string, Promise<PairLists>>();

  constructor(parts: Pick<StudioContext, 'config' | 'database'>) {
    this.#parts = parts;
  }

  /** @throws WinnowError as StudioDatabase.useOrAway */
  async lists(buildId: string): Promise<PairLists> {
    const lists = this.#held.get(buildId) ?? this.#read(buildId);
    this.#held.delete(buildId);
    this.#held.set(buildId, lists);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MAX_HELD && oldest !== undefined) this.#held.delete(oldest);
    try {
      return await settledOrAway(lists);
    } catch (error) {
      // What still reads is waited for by the next one who asks.
      lists.catch(() => this.#held.delete(buildId));
      throw error;
    }
  }

  #read(buildId: string): Promise<PairLists> {
    const { config, database } = this.#parts;
    return database.use(async (db) =>
      pairLists(await listExclusions(db, buildId), await listConflicts(db, config.name, buildId)),
    );
  }
}
