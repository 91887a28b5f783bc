import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { loadProject, projectSchema } from '@winnow/config';
import { WinnowError, withProgress } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult } from '@winnow/contracts';
import { openProjectDatabase } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import type { Engine } from '../engines/engine';
import { engineByName, engineKeys, ENGINES } from '../engines/engines';
import type { CrawlSettings } from '../jobs/crawl-settings';
import { DEFAULT_RETRY, requireContact } from '../jobs/harvest-options';
import type { HarvestOptions } from '../jobs/harvest-options';
import { createProjectCrawler } from '../jobs/project-crawler';
import { newWorkerId } from '../jobs/worker';
import { SYSTEM_CLOCK } from '../politeness/clock';
import { checkEngine, isToBeAsked } from './engines-check-probe';
import type { CheckOptions, EngineCheck } from './engines-check-probe';
import { engineChecksReport, engineCheckToJson } from './engines-check-report';
import path from 'node:path';

/** Every engine knows images of this. */
const USUAL_QUERY = 'cat';

/**
 * Asks engines one query each and prints how they are: the official ones, or those that are named.
 * @param open opens the database; specs bring their own
 * @throws WinnowError USAGE; CONFIG_INVALID without a contact; those of the project file and the database
 */
export async function runEnginesCheck(
  input: CommandInput,
  io: CommandIo,
  open: typeof openProjectDatabase = openProjectDatabase,
): Promise<CommandResult> {
  const checks = plannedChecks(input);
  const location = await checkLocation(input.options['project'], io);
  try {
    requireContact(location.harvest, location.contactWhere);
    const database = await open(
      { databaseUrl: location.databaseUrl, paths: { state: location.stateDir } },
      { holder: 'winnow engines check' },
      io,
    );
    const results = await checkAll({ place: location, checks, database }, io).finally(() => database.close());
    const asked = results.filter(({ millis }) => millis !== null);
    const isWell = asked.length > 0 && asked.every((check) => check.class === 'ok' || check.class === 'empty');
    // Engines that nobody named may lack a key.
    const isComplete = isWell && (namesOf(input).length === 0 || asked.length === results.length);
    return {
      exitCode: isComplete ? 0 : 3,
      json: { query: checks[0]?.query ?? '', engines: results.map(engineCheckToJson) },
      text: engineChecksReport(results),
    };
  } finally {
    await location.close();
  }
}

function namesOf(input: CommandInput): readonly string[] {
  return [input.arguments['engines'] ?? []].flat();
}

function plannedChecks(input: CommandInput): readonly CheckOptions[] {
  const names = [...new Set(namesOf(input))];
  const engines: readonly Engine[] = names.length > 0 ? names.map(engineByName) : Object.values(ENGINES);
  const query = String(input.options['query'] ?? '').trim() || USUAL_QUERY;
  return engines.map((engine) => ({
    engine,
    query,
    hasResults: query === USUAL_QUERY,
    // Those who run the others did not make them for programs.
    askNothing: names.length === 0 && engine.kind === 'scraped',
  }));
}

/** Where the check finds its settings and keeps what it learns. */
interface CheckLocation {
  readonly project: string;
  readonly harvest: HarvestOptions;
  readonly databaseUrl: string | undefined;
  readonly stateDir: string;
  /** Where a contact would be set. */
  readonly contactWhere: string;
  close(): Promise<void>;
}

async function checkLocation(projectFile: unknown, io: CommandIo): Promise<CheckLocation> {
  if (typeof projectFile === 'string') {
    const config = await loadProject(projectFile, { cwd: io.cwd, env: io.env });
    return {
      project: config.name,
      harvest: config.harvest,
      databaseUrl: config.databaseUrl,
      stateDir: config.paths.state,
      contactWhere: `${projectFile}, harvest.contact`,
      close: () => Promise.resolve(),
    };
  }
  const stateDir = await mkdtemp(path.join(tmpdir(), 'winnow-check-'));
  const contact = io.env['WINNOW_HARVEST_CONTACT'];
  return {
    project: 'check',
    harvest: projectSchema.parse({
      name: 'check',
      classes: [{ name: 'a' }, { name: 'b' }],
      harvest: contact === undefined ? {} : { contact },
    }).harvest,
    databaseUrl: io.env['DATABASE_URL'] || undefined,
    stateDir,
    contactWhere: 'environment variable WINNOW_HARVEST_CONTACT',
    close: () => rm(stateDir, { recursive: true, force: true }),
  };
}

async function checkAll(
  {
    place: location,
    checks,
    database,
  }: { place: CheckLocation; checks: readonly CheckOptions[]; database: DatabaseHandle },
  io: CommandIo,
): Promise<readonly EngineCheck[]> {
  const { stateDir } = location;
  const settings: CrawlSettings = {
    classes: [],
    harvest: location.harvest,
    stateDir,
    seed: 0,
    year: new Date(SYSTEM_CLOCK.now()).getUTCFullYear(),
    fetchLimit: null,
  };
  const crawler = createProjectCrawler(
    { project: location.project, settings, db: database.db },
    {
      workerId: newWorkerId(),
      loopbackOnly: io.env['WINNOW_LOOPBACK_ONLY'] === '1',
      apiKeys: engineKeys(io.env),
      clock: SYSTEM_CLOCK,
      signal: io.signal,
      store: undefined,
      // A check tells how an engine answers now.
      retry: { ...DEFAULT_RETRY, attempts: 1 },
    },
  );
  try {
    const results: EngineCheck[] = [];
    const total = checks.filter((check) => isToBeAsked(crawler.context, check)).length;
    let done = 0;
    await withProgress(io.progress, { label: 'check', total, unit: 'engines' }, async (task) => {
      for (const check of checks) {
        results.push(await checkEngine(crawler.context, check));
        if (isToBeAsked(crawler.context, check)) task.update((done += 1), check.engine.name);
      }
    });
    return results;
  } catch (error) {
    if (!io.signal.aborted) throw error;
    throw new WinnowError('INTERRUPTED', 'The check was stopped', { next: 'Run it again.', cause: error });
  } finally {
    await crawler.close();
  }
}
