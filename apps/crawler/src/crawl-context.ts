import type { Database } from '@winnow/db';
import type { SeededRandom } from '@winnow/random';
import type { BlobStore } from './blob-store';
import type { Clock } from './clock';
import type { HarvestOptions, RetryPolicy } from './harvest-options';
import type { HostGate } from './host-gate';
import type { HttpClient } from './http/http-client';
import type { RobotsPolicy } from './robots/robots-policy';
import type { Semaphore } from './semaphore';

/** What every step of one crawl works with. */
export interface CrawlContext {
  readonly project: string;
  /** Of engines that need one, by engine. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly harvest: HarvestOptions;
  readonly retry: RetryPolicy;
  readonly db: Database;
  readonly blobs: BlobStore;
  /** The engines' answers, for whoever wants to know why a parser read what it read. */
  readonly answers: BlobStore;
  readonly http: HttpClient;
  readonly gate: HostGate;
  readonly robots: RobotsPolicy;
  /** Decoded pictures are large: few at a time. */
  readonly decoding: Semaphore;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
}
