import { OUTCOMES } from '@winnow/contracts';
import { FETCH_ENDS, JOB_ENDS, STORE_REQUESTS } from '@winnow/files';
import { fleetCounts, readEngineHealth } from '@winnow/db';
import type { DatabaseHandle, JobQueue } from '@winnow/db';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ENGINES } from '../engines/engines';
import { isAnswered } from './worker-health';

/** What the database says of all workers is asked for once in that time, however many scrape. */
const FRESH_MILLIS = 5000;
const JOB_SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 600];
const STORE_SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60];

export interface MeteredWorker {
  readonly database: Pick<DatabaseHandle, 'db' | 'connections'>;
  readonly jobs: Pick<JobQueue, 'counts'>;
  readonly version: string;
}

/**
 * Figures of a worker in Prometheus's format: what this process did, and what the database says of all. Labels come from closed
 * lists: no URL, host or project is among them.
 */
export class WorkerMetrics {
  /** What this process knows by itself, and what the database says. */
  readonly #own = new Registry();
  readonly #fleet = new Registry();
  readonly #answers: Gauge;
  readonly #unsubscribe: readonly (() => void)[];
  readonly #refreshFleet: () => Promise<void>;
  #refreshing: Promise<void> | undefined;
  #refreshedMillis = -Infinity;
  #isUp = false;

  constructor({ database, jobs, version }: MeteredWorker) {
    const registers: Registers = [this.#own];
    collectDefaultMetrics({ register: this.#own });
    const info = { name: 'winnow_build_info', help: 'Version of winnow and of Node; 1', registers };
    new Gauge({ ...info, labelNames: ['version', 'node'] as const }).set({ version, node: process.version }, 1);
    this.#unsubscribe = [...countJobs(registers), ...countFetches(registers), ...countStoreRequests(registers)];
    this.#refreshFleet = fleetGauges([this.#fleet], { database, jobs });
    const up = { name: 'winnow_database_up', help: '1 while the database answers this worker', registers };
    this.#answers = new Gauge(up);
    gaugeConnections(registers, database);
  }

  /** MIME type of `text`. */
  get contentType(): string {
    return this.#own.contentType;
  }

  /** All figures now; those of the database only while it answers. */
  async text(): Promise<string> {
    if (performance.now() - this.#refreshedMillis > FRESH_MILLIS) {
      this.#refreshing ??= this.#refreshFleet()
        .then(() => void (this.#refreshedMillis = performance.now()))
        .finally(() => (this.#refreshing = undefined));
      this.#isUp = await isAnswered(this.#refreshing);
    }
    this.#answers.set(Number(this.#isUp));
    return [await this.#own.metrics(), ...(this.#isUp ? [await this.#fleet.metrics()] : [])].join('\n');
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#own.clear();
    this.#fleet.clear();
  }
}

type Registers = [Registry];

function countJobs(registers: Registers): (() => void)[] {
  const seconds = new Histogram({
    name: 'winnow_job_seconds',
    help: 'Jobs of this worker by how they ended, and how long they took',
    labelNames: ['kind', 'outcome'] as const,
    buckets: JOB_SECONDS,
    registers,
  });
  const retries = new Counter({
    name: 'winnow_job_retries_total',
    help: 'Jobs of this worker that had been begun before',
    labelNames: ['kind'] as const,
    registers,
  });
  return [
    JOB_ENDS.subscribe(({ kind, outcome, seconds: took, isRetry }) => {
      seconds.observe({ kind, outcome }, took);
      if (isRetry) retries.inc({ kind });
    }),
  ];
}

function countFetches(registers: Registers): (() => void)[] {
  const urls = new Counter({
    name: 'winnow_urls_total',
    help: 'Image URLs that this worker tried, by what came of them',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of OUTCOMES) urls.inc({ outcome }, 0);
  const bytes = new Counter({
    name: 'winnow_fetched_bytes_total',
    help: 'Bytes of the files that this worker stored',
    registers,
  });
  return [
    FETCH_ENDS.subscribe(({ outcome, bytes: stored }) => {
      urls.inc({ outcome });
      bytes.inc(stored);
    }),
  ];
}

function countStoreRequests(registers: Registers): (() => void)[] {
  const requests = new Counter({
    name: 'winnow_store_requests_total',
    help: 'Requests to the store by HTTP status',
    labelNames: ['op', 'code'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'winnow_store_seconds',
    help: 'How long requests to the store took, with their repetitions',
    labelNames: ['op'] as const,
    buckets: STORE_SECONDS,
    registers,
  });
  const bytes = new Counter({
    name: 'winnow_store_bytes_total',
    help: 'Bytes of objects, sent and received',
    labelNames: ['op'] as const,
    registers,
  });
  const retries = new Counter({
    name: 'winnow_store_retries_total',
    help: 'Requests to the store that were sent again',
    registers,
  });
  return [
    STORE_REQUESTS.subscribe(({ op, code, seconds: took, bytes: moved, retries: again }) => {
      requests.inc({ op, code });
      seconds.observe({ op }, took);
      bytes.inc({ op }, moved);
      retries.inc(again);
    }),
  ];
}

/** @returns asks the database, and sets them */
function fleetGauges(
  registers: Registers,
  { database: { db }, jobs }: Pick<MeteredWorker, 'database' | 'jobs'>,
): () => Promise<void> {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const queue = new Gauge({
    name: 'winnow_jobs',
    help: 'Jobs of all projects; dead: given up',
    labelNames: ['kind', 'state'] as const,
    registers,
  });
  const suspended = new Gauge({
    name: 'winnow_engine_suspended',
    help: '1 while a search engine is left alone',
    labelNames: ['engine'] as const,
    registers,
  });
  const workers = gauge('winnow_workers', 'Workers of the database that were heard of within a minute');
  const hostsLeased = gauge('winnow_hosts_leased', 'Hosts that some worker may send requests to');
  const condemned = gauge('winnow_condemned', 'Objects of the store that wait to be removed');
  return async () => {
    const [counts, fleet, health] = [await jobs.counts(), await fleetCounts(db), await readEngineHealth(db)];
    for (const [kind, states] of Object.entries(counts)) {
      for (const [state, value] of Object.entries(states)) queue.set({ kind, state }, value);
    }
    workers.set(fleet.workers);
    hostsLeased.set(fleet.hostsLeased);
    condemned.set(fleet.condemned);
    const now = new Date();
    const left = new Set(
      health.flatMap(({ engine, suspendedUntil }) => (suspendedUntil !== null && suspendedUntil > now ? engine : [])),
    );
    for (const engine of Object.keys(ENGINES)) suspended.set({ engine }, Number(left.has(engine)));
  };
}

function gaugeConnections(registers: Registers, { connections }: MeteredWorker['database']): void {
  new Gauge({
    name: 'winnow_db_pool',
    help: 'Connections of this worker to the database; waiting: queries without one',
    labelNames: ['state'] as const,
    registers,
    collect() {
      for (const [state, value] of Object.entries(connections?.() ?? {})) this.set({ state }, value);
    },
  });
}
