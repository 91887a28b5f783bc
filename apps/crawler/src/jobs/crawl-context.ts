import type { Semaphore } from '@winnow/contracts';
import type { Database, FetchRecord } from '@winnow/db';
import type { SquareOptions } from '@winnow/imaging';
import type { SeededRandom } from '@winnow/random';
import type { EncodedOriginal, EncodingCacheWriter } from '@winnow/shards';
import type { BlobStore } from '@winnow/store';
import type { BatchWriter } from '../fetching/batch-writer';
import type { BrowserPages } from '../browser/browser-pages';
import type { Clock } from '../politeness/clock';
import type { HarvestOptions, RetryPolicy } from './harvest-options';
import type { HostRateLimiter } from '../politeness/host-rate-limiter';
import type { HttpClient } from '../http/http-client';
import type { OptOuts } from '../opt-out/opt-outs';
import type { RobotsPolicy } from '../politeness/robots-policy';

/** What came of one fetch. */
export interface Fetched {
  readonly record: FetchRecord;
  /** A new image as the next build wants it; null where there is none, or that build is to encode it. */
  readonly square: EncodedOriginal | null;
}

/** What every step of one crawl works with. */
export interface CrawlContext {
  readonly project: string;
  /** Of engines that need one, by engine. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly harvest: HarvestOptions;
  readonly retry: RetryPolicy;
  readonly db: Database;
  readonly blobs: BlobStore;
  /** Where images go that are encoded for the next build, and how they are; null: none is. */
  readonly encoded: { readonly settings: SquareOptions; readonly cache: EncodingCacheWriter } | null;
  /** The engines' answers, for whoever wants to know why a parser read what it read. */
  readonly responses: BlobStore;
  readonly http: HttpClient;
  /** For engines whose pages make their results with scripts; without it they are read as they come. */
  readonly browser?: BrowserPages;
  /** Until when an engine is left alone, as all workers know it; undefined while it may be asked. */
  readonly suspensionOf?: (engine: string) => Promise<Date | undefined>;
  readonly rateLimiter: HostRateLimiter;
  readonly robots: RobotsPolicy;
  readonly optOuts: OptOuts;
  /** Bytes of downloads that wait to be decoded. */
  readonly undecoded: Semaphore;
  /** Notes URLs whose fetching begins, in case this process does not live to record what came of it. */
  readonly tries: BatchWriter<string>;
  /** Writes what came of fetches, many in one transaction. */
  readonly records: BatchWriter<Fetched>;
  /** Decoded images are large: few at a time. */
  readonly decoding: Semaphore;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
}
