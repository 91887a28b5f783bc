import { setMaxListeners } from 'node:events';
import type { StoreAddress } from '@winnow/config';
import { Semaphore } from '@winnow/contracts';
import { FETCH_ENDS } from '@winnow/files';
import { beginTries, engineSuspension, recordFetches } from '@winnow/db';
import type { CrawlPlan, Database } from '@winnow/db';
import { findChromium } from '@winnow/files/native';
import { SeededRandom } from '@winnow/random';
import { EncodingCacheWriter } from '@winnow/shards';
import { answersOf, originalsOf } from '@winnow/store';
import { createBrowserPages } from '../browser/browser-pages';
import { enginesWithoutKey } from '../engines/engines';
import { BatchWriter } from '../fetching/batch-writer';
import type { Lookup } from '../http/dns-cache';
import { HttpClient } from '../http/http-client';
import { DEFAULT_HTTP_LIMITS } from '../http/http-limits';
import type { HttpLimits } from '../http/http-limits';
import { OptOuts } from '../opt-out/opt-outs';
import type { Clock } from '../politeness/clock';
import { HostRateLimiter } from '../politeness/host-rate-limiter';
import { DatabaseHostLeases } from '../politeness/host-leases';
import { RobotsPolicy } from '../politeness/robots-policy';
import type { CrawlContext } from './crawl-context';
import { planOf } from './crawl-settings';
import type { CrawlSettings } from './crawl-settings';
import { AGENT, DEFAULT_RETRY, userAgent } from './harvest-options';
import type { RetryPolicy } from './harvest-options';

/** A transaction costs as much as tens of rows; an image that is not recorded yet only makes its handler wait. */
const RECORDING = { lingerMillis: 200, full: 64 };
/** A request waits for it: long enough for those that begin at about the same time, and little beside an answer from the web. */
const BEGINNING = { lingerMillis: 30, full: 16 };

/** What this process, rather than the project, decides. */
export interface CrawlerProcess {
  /** Names this process among all workers. */
  readonly workerId: string;
  /** Only loopback addresses are dialled: for tests. */
  readonly loopbackOnly: boolean;
  /** Of engines that need one, by engine. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where originals are, if not in folders. */
  readonly store: StoreAddress | undefined;
  readonly lookup?: Lookup | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
  readonly retry?: RetryPolicy | undefined;
}

/** One project as this process crawls it. */
export interface ProjectCrawler {
  readonly settings: CrawlSettings;
  readonly plan: CrawlPlan;
  readonly context: CrawlContext;
  /** Engines of the plan that this process cannot ask. */
  readonly enginesWithoutKey: readonly string[];
  /** Keeps hosts that requests are being sent to. */
  keepHosts(): Promise<void>;
  /** Tells whether other workers may want the same hosts. */
  setContended(contended: boolean): void;
  /** Ends connections and gives hosts back. */
  close(): Promise<void>;
}

/** Downloads stop while so much waits to be decoded. */
const UNDECODED_BYTES = 64_000_000;
const DECODED_AT_ONCE = 2;
/** Share of a delay that is added to it at random, so that requests do not come like clockwork. */
const JITTER = 0.1;

export function createProjectCrawler(
  { project, settings, db }: { readonly project: string; readonly settings: CrawlSettings; readonly db: Database },
  machine: CrawlerProcess,
): ProjectCrawler {
  const { harvest } = settings;
  const { clock } = machine;
  const signal = AbortSignal.any([machine.signal]);
  // Every request under way listens.
  setMaxListeners(0, signal);
  const random = new SeededRandom(settings.seed).fork('crawl');
  const leases = new DatabaseHostLeases(db, `${machine.workerId} ${project}`);
  const retry = machine.retry ?? DEFAULT_RETRY;
  const jitter = random.fork('jitter', machine.workerId);
  const undecoded = new Semaphore(UNDECODED_BYTES);
  const rateLimiter = new HostRateLimiter({
    clock,
    signal,
    delayMillis: harvest.delayMillis,
    perHost: harvest.perHost,
    concurrency: harvest.concurrency,
    maxHoldMillis: retry.maxWaitMillis,
    leases,
    // One over the limit is let in, as sizes are known only afterwards.
    room: async () => (await undecoded.acquire())(),
    jitter: () => JITTER * jitter.next(),
  });
  const http = new HttpClient({
    userAgent: userAgent(harvest.contact),
    resolve: harvest.resolve,
    loopbackOnly: machine.loopbackOnly,
    limits: { ...DEFAULT_HTTP_LIMITS, maxBytes: harvest.maxBytes, ...machine.limits },
    ...(machine.lookup === undefined ? {} : { lookup: machine.lookup }),
  });
  const robots = new RobotsPolicy({ db, http, rateLimiter, clock, signal, agent: AGENT });
  const browser = createBrowserPages({
    http,
    userAgent: userAgent(harvest.contact),
    findChromium: () => findChromium(process.env),
  });
  const place = { state: settings.stateDir, store: machine.store, db };
  const blobs = originalsOf(place);
  const encoded = encodedOf(settings, machine);
  const context: CrawlContext = {
    browser,
    project,
    apiKeys: machine.apiKeys,
    harvest,
    retry,
    db,
    blobs,
    encoded,
    responses: answersOf(place),
    http,
    rateLimiter,
    robots,
    optOuts: new OptOuts({ harvest, db, http, rateLimiter, robots, clock, signal }),
    undecoded,
    tries: new BatchWriter((urls) => beginTries(db, project, urls), BEGINNING),
    records: recordWriter({ db, project, blobs, encoded }, machine),
    suspensionOf: (engine) => engineSuspension(db, engine, new Date(clock.now())),
    decoding: new Semaphore(DECODED_AT_ONCE),
    clock,
    random,
    signal,
  };
  return {
    settings,
    plan: planOf(project, settings),
    context,
    enginesWithoutKey: enginesWithoutKey(harvest.engines, machine.apiKeys).map(({ name }) => name),
    keepHosts: () => rateLimiter.keepHosts((hosts) => leases.keep(hosts)),
    setContended(contended) {
      leases.contended = contended;
    },
    async close() {
      await http.close();
      await rateLimiter.close();
    },
  };
}

function recordWriter(
  { db, project, blobs, encoded }: Pick<CrawlContext, 'db' | 'project' | 'blobs' | 'encoded'>,
  { store }: CrawlerProcess,
): CrawlContext['records'] {
  return new BatchWriter(async (fetched) => {
    const records = fetched.map(({ record }) => record);
    const dropped = await recordFetches(db, project, records);
    for (const { outcome, image } of records) FETCH_ENDS.publish({ outcome, bytes: image?.sizeBytes ?? 0 });
    // Of a store another project's worker may be storing the same: `winnow gc` removes what is left.
    if (store === undefined) await blobs.remove(dropped);
    const isDropped = new Set(dropped);
    const squares = fetched.flatMap(({ square }) => (square === null || isDropped.has(square.sha256) ? [] : [square]));
    await encoded?.cache.write(squares);
  }, RECORDING);
}

/** None beside a store: whoever builds from it has another disk. */
function encodedOf({ encoding, stateDir }: CrawlSettings, { store }: CrawlerProcess): CrawlContext['encoded'] {
  if (encoding === undefined || store !== undefined) return null;
  return { settings: encoding, cache: new EncodingCacheWriter(stateDir, encoding) };
}
