import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { OUTCOMES, WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, JsonValue, Outcome } from '@winnow/contracts';
import { importedClasses, JobQueue, openProjectDatabase, readCrawl } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { encodingSettings } from '@winnow/shards';
import type { Engine, SearchFilters } from '../engines/engine';
import { engineKeys, ENGINES, enginesWithoutKey } from '../engines/engines';
import { crawlProject } from '../jobs/crawl-project';
import type { CrawlOptions, CrawlResult } from '../jobs/crawl-project';
import { settingsFromJson } from '../jobs/crawl-settings';
import type { CrawlSettings } from '../jobs/crawl-settings';
import { removeStatus } from '../jobs/crawl-status';
import { changedSearchFilters, requireContact } from '../jobs/harvest-options';
import { planQueries, unsupportedFilters } from '../listing/query-plan';
import { crawlReport } from './crawl-report';

/** Crawls the project of a file. @throws WinnowError, those of the configuration, the database and the crawl */
export async function runCrawl(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = String(input.arguments['project']);
  const config = await loadProject(file, {
    cwd: io.cwd,
    env: io.env,
    overrides: [['harvest.perClass', input.options['perClass']]],
  });
  const chosen = runOptions(input.options, config);
  const apiKeys = engineKeys(io.env);
  requireKeys(config, apiKeys, file);
  const database = await openProjectDatabase(config, { holder: 'winnow crawl' }, io);
  try {
    await requireQueries(config, { database, file });
    requireContact(config.harvest, `${file}, harvest.contact`);
    const jobs = await JobQueue.open(database);
    try {
      sayWhatIsIgnored(config, io);
      const crawl = await readCrawl(database.db, config.name);
      if (crawl !== undefined) {
        const before = settingsFromJson(crawl.settings);
        sayWhoseFilesElsewhere(config, before, io);
        if (chosen.since === undefined) sayWhatWasAskedOtherwise(config, before, io);
      }
      const result = await crawlProject({
        project: { name: config.name, classes: config.classes },
        harvest: config.harvest,
        encoding: config.harvest.encode ? encodingSettings(config) : undefined,
        database,
        jobs,
        stateDir: config.paths.state,
        store: config.store,
        seed: config.train.seed,
        signal: io.signal,
        progress: io.progress,
        loopbackOnly: io.env['WINNOW_LOOPBACK_ONLY'] === '1',
        apiKeys,
        ...chosen,
      });
      if (chosen.enqueueOnly) {
        return { exitCode: 0, json: toJson(config, result), text: ['The jobs are sent. `winnow worker` does them.'] };
      }
      return { exitCode: exitCode(result), json: toJson(config, result), text: crawlReport(result, file) };
    } finally {
      await jobs.close();
    }
  } finally {
    await database.close().finally(() => removeStatus(config.paths.state));
  }
}

type RunOptions = Pick<CrawlOptions, 'retryFailed' | 'since' | 'extendBy' | 'limit'> & {
  readonly enqueueOnly: boolean;
};

/** What the flags ask for. */
function runOptions(options: CommandInput['options'], config: ProjectConfig): RunOptions {
  const { retry, since, extend, limit, perClass } = options;
  if (extend !== undefined && perClass !== undefined) {
    throw new WinnowError('USAGE', '--extend and --per-class both say how many images are wanted', {
      next: 'Give one of them.',
    });
  }
  const enqueueOnly = options['enqueue'] === true;
  if (enqueueOnly && config.databaseUrl === undefined) {
    throw new WinnowError('USAGE', '--enqueue needs a database that workers can share', {
      where: 'environment variable DATABASE_URL',
      next: 'Set it to a Postgres server, or leave --enqueue out.',
    });
  }
  return {
    enqueueOnly,
    ...(retry === undefined ? {} : { retryFailed: failuresToRetry(String(retry)) }),
    ...(since === undefined ? {} : { since: timeOf(String(since)) }),
    ...(typeof extend === 'number' ? { extendBy: extend } : {}),
    ...(typeof limit === 'number' ? { limit } : {}),
  };
}

/** Of `failed` and `failed:OUTCOME`. */
function failuresToRetry(text: string): true | Outcome {
  if (text === 'failed') return true;
  const outcome = OUTCOMES.find((name) => text === `failed:${name}`);
  if (outcome !== undefined) return outcome;
  throw new WinnowError('USAGE', `--retry ${text} is not known`, {
    next: `Use failed, or failed: and one of ${OUTCOMES.join(', ')}.`,
  });
}

function timeOf(text: string): Date {
  const date = sinceDate(text, Date.now());
  if (date !== undefined && date.getTime() <= Date.now()) return date;
  throw new WinnowError('USAGE', `--since ${text} is no time in the past`, {
    next: 'Use a day such as 2026-01-31, or 30d, 12h, 2w.',
  });
}

function requireKeys({ harvest }: ProjectConfig, keys: Readonly<Record<string, string>>, file: string): void {
  const [engine] = enginesWithoutKey(harvest.engines, keys);
  if (engine === undefined) return;
  throw new WinnowError('CONFIG_INVALID', `The engine ${engine.name} needs a key`, {
    where: `${file}, harvest.engines`,
    next: `Set ${engine.keyVariable ?? 'it'} in the environment (of every worker), or leave the engine out.`,
  });
}

/** On a shared server another folder's project may have the same name: its rows would be ours. */
function sayWhoseFilesElsewhere(
  { name, paths, store }: ProjectConfig,
  { stateDir: before }: CrawlSettings,
  io: CommandIo,
): void {
  if (before === paths.state || store !== undefined) return;
  io.log(
    `The project ${name} was crawled from ${before} before: its images are expected here, too. Is it another one?`,
  );
}

/** Queries go on where they were, so what they passed over under other search filters stays so. */
function sayWhatWasAskedOtherwise({ harvest }: ProjectConfig, before: CrawlSettings, io: CommandIo): void {
  const changed = changedSearchFilters(before.harvest, harvest);
  if (changed.length === 0) return;
  io.log(
    `${changed.map((name) => `harvest.${name}`).join(', ')} changed since the last crawl: queries go on where they were. \`--since 0h\` asks them again from their first page.`,
  );
}

/** What an engine cannot do is said, not passed over. */
function sayWhatIsIgnored({ harvest }: ProjectConfig, io: CommandIo): void {
  for (const name of harvest.engines) {
    const engine: Engine = ENGINES[name];
    const { licenses, safe, filters } = harvest;
    const ignored = unsupportedFilters(engine, { licenses, safe, ...filters } as SearchFilters);
    if (ignored.length > 0) io.log(`${name} cannot filter by ${ignored.join(', ')}: its results are not filtered so.`);
  }
}

/** A class whose images, or their URLs, were imported needs no search; one whose engines are not asked has none. */
async function requireQueries(
  { classes, harvest, name: project }: ProjectConfig,
  { database, file }: { readonly database: DatabaseHandle; readonly file: string },
): Promise<void> {
  const asked = new Set(planQueries({ classes, harvest, year: 0 }).map(({ className }) => className));
  const silent = classes.filter(({ name }) => !asked.has(name));
  if (silent.length === 0) return;
  const imported = await importedClasses(database.db, project);
  const names = silent.flatMap(({ name }) => (imported.has(name) ? [] : [name]));
  if (names.length === 0) return;
  throw new WinnowError('CONFIG_INVALID', `No search texts for ${names.length} of the classes`, {
    where: `${file}, classes: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`,
    next: `Give each class \`queries: [...]\` for one of the engines ${harvest.engines.join(', ')}, or import URLs for it: crawl has nothing else to go by.`,
  });
}

/** A few URLs of any crawl fail for now; more than this share is no longer "done". */
const TOLERATED_FAILURES = 0.05;

function exitCode(result: CrawlResult): 0 | 3 {
  const isPartial =
    result.suspended.length > 0 || result.pending > 0 || result.retryLater > TOLERATED_FAILURES * result.urls;
  return isPartial ? 3 : 0;
}

function toJson(config: ProjectConfig, result: CrawlResult): Record<string, JsonValue> {
  const {
    stored = 0,
    unchanged = 0,
    duplicate_bytes = 0,
    duplicate_near = 0,
    duplicate_url: _listedAgain,
    ...others
  } = result.outcomes;
  return {
    project: config.name,
    harvested: result.hits,
    urls: result.urls,
    stored,
    unchanged,
    duplicateBytes: duplicate_bytes,
    duplicateNear: duplicate_near,
    failed: others,
    outcomes: { ...result.outcomes },
    perEngine: toPlain(result.perEngine),
    perClass: toPlain(result.perClass),
    perQuery: result.perQuery.map((counts) => ({ ...counts })),
    tried: result.tried,
    pending: result.pending,
    retryLater: result.retryLater,
    suspended: result.suspended.map(({ engine, reason, suspendedUntil }) => ({
      engine,
      reason,
      until: suspendedUntil?.toISOString() ?? null,
    })),
    respectRobots: config.harvest.respectRobots,
    seconds: result.seconds,
  };
}

function toPlain(groups: CrawlResult['perEngine']): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(groups).map(([name, counts]) => [name, { ...counts }]));
}

const UNIT_MILLIS = { h: 3600_000, d: 24 * 3600_000, w: 7 * 24 * 3600_000 } as const;

/** The time that `2026-01-31`, an ISO date and time, or `30d`, `12h`, `2w` ago stands for; undefined for anything else. */
export function sinceDate(text: string, nowMillis: number): Date | undefined {
  const ago = /^(\d{1,6})([hdw])$/.exec(text.trim());
  if (ago !== null) return new Date(nowMillis - Number(ago[1]) * UNIT_MILLIS[ago[2] as keyof typeof UNIT_MILLIS]);
  if (!/^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text.trim())) return undefined;
  const date = new Date(text.trim());
  return Number.isNaN(date.getTime()) ? undefined : date;
}
