import { OUTCOMES } from '@winnow/contracts';
import type { StudioCrawl, StudioFetches } from '@winnow/contracts';
import { classProgress, crawlMonitor, listFetches, readCrawl, readWorkers } from '@winnow/db';
import { z } from 'zod';
import { webUrl } from '../html/web-link';
import { sha256Schema } from '../images/image-routes';
import { capabilitySchema, noPicture, pictureParameters, sendPicture } from '../images/picture-routes';
import { loadThumbnail } from '../report/collect-images';
import { settledOrAway } from '../server/settled-within';
import type { RouteModule, StudioContext } from '../server/studio-context';
import { describeCrawl } from './describe-crawl';

/** Least age at which it is read again, and how many times longer than reading takes: a large crawl is not slowed by being watched. */
const FRESH_MILLIS = 1000;
const REST_FACTOR = 10;
const MAX_REST_MILLIS = 15_000;
/** How long after it was asked the database is called away, and how many times its usual time besides. */
const LATE_MILLIS = 4000;
const LATE_FACTOR = 3;

const MAX_FETCHES = 200;
/** Of addresses of which nothing is known yet. */
const WAITING = 'waiting';
const fetchesSchema = z.object({
  outcome: z.enum([...OUTCOMES, WAITING]),
  from: z.coerce.number().int().min(0).max(1e9).default(0),
  count: z.coerce.number().int().min(1).max(MAX_FETCHES).default(50),
});
const pictureSchema = sha256Schema.extend({ capability: capabilitySchema });

/** The crawl while it happens, and what it stored last. */
export const crawlRoutes: RouteModule = (server, context) => {
  const watched = new WatchedCrawl(context);
  server.get('/api/crawl', () => watched.read());
  server.get('/api/crawl/fetches', async (request): Promise<StudioFetches> => {
    const { outcome, ...part } = fetchesSchema.parse(request.query);
    const which = { outcome: outcome === WAITING ? null : outcome, ...part };
    const { total, fetches } = await context.database.useOrAway((db) => listFetches(db, context.config.name, which));
    return {
      total,
      fetches: fetches.map(({ at, nextTryAt, ...one }) => ({
        ...one,
        link: webUrl(one.url),
        at: at.toISOString(),
        nextTryAt: nextTryAt?.toISOString() ?? null,
      })),
    };
  });
  // What was just stored is in no data set yet: only the newest ones are shown so.
  server.get('/pic/:capability/stored/:sha256', async (request, reply) => {
    const { sha256 } = await pictureParameters(pictureSchema, request.params, context);
    const bytes = watched.isLatest(sha256) ? await loadThumbnail(context.config.paths.blobs, sha256) : null;
    if (bytes === null) throw noPicture();
    return sendPicture(reply, 'jpeg', bytes);
  });
};

/** Read once for all who watch; while it is read anew, or the database is away, what was known is answered. */
class WatchedCrawl {
  readonly #context: StudioContext;
  #known: StudioCrawl | undefined;
  #reading: Promise<StudioCrawl> | undefined;
  #staleAtMillis = 0;
  #latest: ReadonlySet<string> = new Set();
  /** Since when the database was asked in vain; how long an answer took last, milliseconds. */
  #asked: { readonly since: number | null; readonly usual: number } = { since: null, usual: 0 };

  constructor(context: StudioContext) {
    this.#context = context;
  }

  async read(): Promise<StudioCrawl> {
    if (this.#context.now().getTime() >= this.#staleAtMillis) {
      this.#reading ??= this.#readNow().finally(() => {
        this.#reading = undefined;
      });
      this.#reading.catch(() => undefined);
      if (this.#known === undefined) return settledOrAway(this.#reading);
    }
    if (this.#known === undefined) return settledOrAway(this.#readNow());
    return this.#isLate() ? { ...this.#known, isDatabaseAway: true } : this.#known;
  }

  #isLate(): boolean {
    const { since, usual } = this.#asked;
    return since !== null && this.#context.now().getTime() - since > LATE_MILLIS + LATE_FACTOR * usual;
  }

  isLatest(sha256: string): boolean {
    return this.#latest.has(sha256);
  }

  async #readNow(): Promise<StudioCrawl> {
    const { config, database, now } = this.#context;
    const begun = performance.now();
    const at = now();
    this.#asked = { ...this.#asked, since: this.#asked.since ?? at.getTime() };
    const facts = await database.use(async (db) => ({
      monitor: await crawlMonitor(db, config.name, at),
      classes: await classProgress(db, config.name),
      crawl: await readCrawl(db, config.name),
      workerCount: (await readWorkers(db)).length,
    }));
    this.#latest = new Set([...facts.monitor.latest, ...[...this.#latest].slice(0, 1000)]);
    const usual = performance.now() - begun;
    this.#asked = { since: null, usual };
    const rest = Math.min(MAX_REST_MILLIS, REST_FACTOR * usual);
    this.#staleAtMillis = now().getTime() + FRESH_MILLIS + rest;
    this.#known = describeCrawl(facts, at);
    return this.#known;
  }
}
