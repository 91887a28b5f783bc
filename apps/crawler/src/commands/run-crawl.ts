import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import { SeededRandom } from '@winnow/random';
import { crawlProject } from '../crawl-project';
import type { CrawlResult } from '../crawl-project';
import { hasContact } from '../harvest-options';
import { crawlReport } from './crawl-report';

/** Crawls the project of a file. @throws WinnowError, those of the configuration, the database and the crawl */
export async function runCrawl(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = String(input.arguments['project']);
  const config = await loadProject(file, {
    cwd: io.cwd,
    env: io.env,
    overrides: [['harvest.perClass', input.options['perClass']]],
  });
  const limit = input.options['limit'];
  if (typeof limit === 'number' && limit < 0) {
    throw new WinnowError('USAGE', `--limit ${limit} is below 0`, { next: 'Give a number of pictures.' });
  }
  const classes = classesWithQueries(config, file);
  requireContact(config, file);
  const handle = await openDatabase({ url: config.databaseUrl, stateDir: config.paths.state, holder: 'winnow crawl' });
  try {
    const result = await crawlProject({
      project: { name: config.name, classes },
      harvest: config.harvest,
      db: handle.db,
      stateDir: config.paths.state,
      random: new SeededRandom(config.train.seed).fork('crawl'),
      signal: io.signal,
      progress: io.progress,
      loopbackOnly: io.env['WINNOW_LOOPBACK_ONLY'] === '1',
      retryFailed: input.options['retry'] === 'failed',
      ...(typeof limit === 'number' ? { limit } : {}),
    });
    return { exitCode: exitCode(result), json: toJson(config, result), text: crawlReport(result, file) };
  } finally {
    await handle.close();
  }
}

function classesWithQueries(config: ProjectConfig, file: string) {
  const lacking = config.classes.filter(({ queries }) => queries === undefined || queries.length === 0);
  if (lacking.length > 0) {
    const names = lacking.slice(0, 5).map(({ name }) => name);
    throw new WinnowError('CONFIG_INVALID', `No search texts for ${lacking.length} of the classes`, {
      where: `${file}, classes: ${names.join(', ')}${lacking.length > 5 ? ', ...' : ''}`,
      next: 'Give each class `queries: [...]`; crawl has nothing else to search for.',
    });
  }
  return config.classes;
}

/** Site owners must be able to find whoever crawls; stand-ins of a demo or test need no such thing. */
function requireContact({ harvest }: ProjectConfig, file: string): void {
  if (hasContact(harvest.contact) || Object.keys(harvest.resolve).length > 0) return;
  throw new WinnowError('CONFIG_INVALID', 'No contact for the owners of the sites that would be crawled', {
    where: `${file}, harvest.contact`,
    next: 'Set `harvest: { contact: you@example.org }` to a mail address or URL of yours, or WINNOW_HARVEST_CONTACT.',
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
  const { stored = 0, duplicate_bytes = 0, duplicate_url: _listedAgain, ...others } = result.outcomes;
  return {
    project: config.name,
    harvested: result.hits,
    urls: result.urls,
    stored,
    duplicateBytes: duplicate_bytes,
    failed: others,
    outcomes: { ...result.outcomes },
    perEngine: toPlain(result.perEngine),
    perClass: toPlain(result.perClass),
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
