import { RETRYABLE_OUTCOMES } from '@winnow/contracts';
import type { StudioCrawl, StudioCrawlMinute } from '@winnow/contracts';
import type { ClassProgress, CrawlMonitor } from '@winnow/db';
import { outcomeWords } from '../report/outcome-words';
import { ENGINE_WORDS, UNREACHABLE } from './engine-words';

/** What the tables say of a crawl. */
export interface CrawlFacts {
  readonly monitor: CrawlMonitor;
  readonly classes: readonly ClassProgress[];
  /** URLs that were fetched or given up, by class. */
  readonly settled: ReadonlyMap<string, number>;
  /** Undefined before the first crawl. */
  readonly crawl: { readonly settings: unknown; readonly finishedAt: Date | null } | undefined;
  /** Processes heard of within the last minute. */
  readonly workerCount: number;
}

const RATE_MILLIS = 60_000;

/** The crawl as its page shows it. */
export function describeCrawl({ monitor, classes, settled, crawl, workerCount }: CrawlFacts, now: Date): StudioCrawl {
  const isRunning = workerCount > 0 && crawl?.finishedAt === null;
  const perMinute = settledLately(monitor, now);
  const wanted = wantedByClass(crawl?.settings);
  return {
    state: crawl === undefined ? 'not begun' : crawl.finishedAt !== null ? 'ended' : isRunning ? 'going on' : 'stopped',
    isRunning,
    perMinute,
    secondsLeft: isRunning && perMinute > 0 ? Math.ceil((60 * monitor.pending) / perMinute) : null,
    pending: monitor.pending,
    classes: classes.map(({ className, images, targetUrls, urls }) => ({
      name: className,
      stored: images,
      target: wanted.get(className) ?? targetUrls,
      listed: urls,
      pending: urls - (settled.get(className) ?? 0),
    })),
    engines: monitor.engines.map((engine) => describeEngine(engine, now)),
    outcomes: monitor.outcomes.map(({ outcome, urls }) => {
      const { label, explanation } = outcomeWords(outcome, 'search');
      return { outcome, label, explanation, count: urls, isRetryable: RETRYABLE_OUTCOMES.has(outcome) };
    }),
    minutes: byMinute(monitor),
    hosts: monitor.hosts.map(({ host, waiting, until }) => ({ host, waiting, until: until?.toISOString() ?? null })),
    latest: monitor.latest,
  };
}

function describeEngine(
  { engine, listed, lastClass, lastAnswerAt, suspendedUntil, reason }: CrawlMonitor['engines'][number],
  now: Date,
): StudioCrawl['engines'][number] {
  const isSuspended = suspendedUntil !== null && suspendedUntil > now;
  return {
    name: engine,
    state: isSuspended ? 'suspended' : lastClass === null && listed === 0 ? 'not asked' : 'answers',
    responseClass: isSuspended ? reason : lastClass,
    lastAnswer: lastAnswerAt?.toISOString() ?? null,
    reason: isSuspended ? (reason === null ? UNREACHABLE : ENGINE_WORDS[reason]) : null,
    until: isSuspended ? suspendedUntil.toISOString() : null,
    listed,
  };
}

/** URLs settled within the last whole minute and the present one, a minute. */
function settledLately({ minutes }: CrawlMonitor, now: Date): number {
  const since = Math.floor(now.getTime() / RATE_MILLIS) * RATE_MILLIS - RATE_MILLIS;
  const recent = minutes.filter(({ minute }) => Date.parse(minute) >= since);
  const settled = recent.reduce((sum, { urls }) => sum + urls, 0);
  return Math.round((settled * RATE_MILLIS) / Math.max(RATE_MILLIS, now.getTime() - since));
}

function byMinute({ minutes }: CrawlMonitor): readonly StudioCrawlMinute[] {
  const counts = new Map<string, Record<string, number>>();
  for (const { minute, outcome, urls } of minutes) counts.set(minute, { ...counts.get(minute), [outcome]: urls });
  return [...counts].map(([at, byOutcome]) => ({ at, counts: byOutcome }));
}

/** Images that each class is to have: stored with the crawl by whoever began it. */
function wantedByClass(settings: unknown): ReadonlyMap<string, number> {
  const { classes } = (settings ?? {}) as {
    readonly classes?: readonly { readonly name?: unknown; readonly perClass?: unknown }[];
  };
  return new Map(
    (classes ?? []).flatMap(({ name, perClass }) =>
      typeof name === 'string' && typeof perClass === 'number' ? [[name, perClass] as const] : [],
    ),
  );
}
