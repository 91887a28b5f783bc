import { OUTCOMES } from '@winnow/contracts';
import type { StudioCrawl, StudioFetches } from '@winnow/contracts';
import { classProgress, crawlMonitor, listFetches, readCrawl, readWorkers, settledUrls } from '@winnow/db';
import { blobPlace, originalsOf } from '@winnow/store';
import { z } from 'zod';
import { webUrl } from '../html/web-link';
import { sha256Schema } from '../images/image-routes';
import { capabilitySchema, noPicture, pictureParameters, sendPicture } from '../images/picture-routes';
import { loadThumbnail } from '../report/collect-images';
import type { RouteModule, StudioContext } from '../server/studio-context';
import { describeCrawl } from './describe-crawl';

/** Least age at which it is read again, and how many times longer than reading takes: a large crawl is not slowed by being watched. */
const FRESH_MILLIS = 1000;
const REST_FACTOR = 10;
const MAX_REST_MILLIS = 15_000;

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
  const kept = originalsOf(blobPlace(context.config));
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
    const bytes = watched.isLatest(sha256) ? await loadThumbnail(kept, sha256) : null;
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
  /** How long reading took last. */
  #usualMillis = 0;

  constructor(context: StudioContext) {
    this.#context = context;
  }

  /** @throws WinnowError as StudioDatabase.useOrAway, where it was never read */
  async read(): Promise<StudioCrawl> {
    if (this.#known === undefined) return this.#readOnce();
    const { database, now } = this.#context;
    if (now().getTime() >= this.#staleAtMillis) this.#readOnce().catch(() => undefined);
    return database.isAway() ? { ...this.#known, isDatabaseAway: true } : this.#known;
  }

  isLatest(sha256: string): boolean {
    return this.#latest.has(sha256);
  }

  #readOnce(): Promise<StudioCrawl> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  #readNow(): Promise<StudioCrawl> {
    const { config, database, now } = this.#context;
    const [begun, at] = [performance.now(), now()];
    // What comes too late for an answer is known all the same.
    return database.useOrAway(async (db) => {
      const facts = {
        monitor: await crawlMonitor(db, config.name, at),
        classes: await classProgress(db, config.name),
        settled: await settledUrls(
          db,
          config.name,
          config.classes.map(({ name }) => name),
        ),
        crawl: await readCrawl(db, config.name),
        workerCount: (await readWorkers(db)).length,
      };
      this.#latest = new Set([...facts.monitor.latest, ...[...this.#latest].slice(0, 1000)]);
      this.#usualMillis = performance.now() - begun;
      const rest = Math.min(MAX_REST_MILLIS, REST_FACTOR * this.#usualMillis);
      this.#staleAtMillis = now().getTime() + FRESH_MILLIS + rest;
      this.#known = describeCrawl(facts, at);
      return this.#known;
    }, this.#usualMillis);
  }
}
