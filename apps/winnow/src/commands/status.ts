import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError } from '@winnow/contracts';
import type { CommandIo, CommandSpec, JsonValue } from '@winnow/contracts';
import { listTrainings, projectStatus, withProjectDatabase } from '@winnow/db';
import type { ProjectStatus } from '@winnow/db';
import { findRunsAtWork, listRuns } from '@winnow/runs';
import type { RunRecord } from '@winnow/runs';
import { projectArgument, projectFile } from './project-argument';
import { describeTraining, statusLine, statusReport } from './status-report';
import type { TrainingStatus } from './status-report';

const WATCH_MILLIS = 2000;

type StatusIo = Pick<CommandIo, 'log' | 'signal'>;

/** A status and when it was taken: earlier than now for one that a running crawl has left. */
interface Snapshot {
  readonly at: string;
  readonly status: ProjectStatus;
}

export const statusCommand: CommandSpec = {
  name: 'status',
  summary: 'Show how far a project is',
  arguments: [projectArgument],
  options: [
    { flags: '--watch', description: 'A line every two seconds, until the crawl has ended or Ctrl-C', type: 'boolean' },
  ],
  examples: ['winnow status birds.yaml', 'winnow status birds.yaml --watch'],
  async run(input, io) {
    const config = await loadProject(projectFile(input), { cwd: io.cwd, env: io.env });
    const wait = () => delay(WATCH_MILLIS, undefined, { signal: io.signal }).catch(() => undefined);
    const snapshot =
      input.options['watch'] === true ? await watchStatus(config, io, wait) : await readStatus(config, io);
    const runs = (await listRuns(config.paths.runs)).filter(({ manifest }) => manifest.project === config.name);
    const trainings = await findTrainings(config, runs);
    const trained = new Set(trainings.map(({ run }) => run));
    const unfinishedRuns = runs.filter(({ finished, folder }) => !finished && !trained.has(folder)).length;
    return {
      exitCode: 0,
      json: {
        at: snapshot.at,
        ...(snapshot.status as unknown as Record<string, JsonValue>),
        unfinishedRuns,
        trainings: trainings as unknown as JsonValue,
        // Of the time when there was one at most.
        training: (trainings.find(({ run }) => run !== null) ?? trainings[0] ?? null) as unknown as JsonValue,
      },
      text: [...statusReport(snapshot.status, unfinishedRuns), ...trainings.map(describeTraining)],
    };
  },
};

/** What trains in the project now: by the list of those that do, and by what each leaves in the folder of its run. */
async function findTrainings({ paths }: ProjectConfig, runs: readonly RunRecord[]): Promise<readonly TrainingStatus[]> {
  const holders = await listTrainings(paths.runs);
  const atWork = [...(await findRunsAtWork(runs, holders))];
  return holders.map(({ command, pid }) => {
    const [run = null, progress = null] = atWork.find(([, { pid: by }]) => by === pid) ?? [];
    return { command, pid, run, progress };
  });
}

/** Logs a line at every look until the crawl has ended or the person stops it. @returns what was seen last */
export async function watchStatus(config: ProjectConfig, io: StatusIo, wait: () => Promise<void>): Promise<Snapshot> {
  let snapshot = await readStatus(config, io);
  while (snapshot.status.crawl.state === 'going on' && !io.signal.aborted) {
    io.log(statusLine(snapshot.status, snapshot.at));
    await wait();
    const later = await readStatus(config, io).catch((error: unknown) => {
      if (!isBusy(error)) throw error;
    });
    if (later === undefined) {
      io.log('The crawl has ended, and another command holds the database: this is what the crawl last said.');
      break;
    }
    snapshot = later;
  }
  return snapshot;
}

/**
 * From the database; where a crawl holds the embedded one, what it last wrote down about itself.
 * @throws WinnowError DATABASE_BUSY where another command holds it
 */
async function readStatus(config: ProjectConfig, io: StatusIo): Promise<Snapshot> {
  try {
    return await readDatabase(config, io);
  } catch (error) {
    if (!isBusy(error)) throw error;
    // A crawl that has ended meanwhile took away what it had written down, and the database is free.
    return (await readSnapshot(config)) ?? (await readDatabase(config, io));
  }
}

async function readDatabase(config: ProjectConfig, io: StatusIo): Promise<Snapshot> {
  return withProjectDatabase(
    config,
    { holder: 'winnow status', create: false, isBrief: true },
    io,
    async (database) => {
      const now = new Date();
      return { at: now.toISOString(), status: await projectStatus(database, config.name, now) };
    },
  );
}

async function readSnapshot(config: ProjectConfig): Promise<Snapshot | undefined> {
  try {
    return JSON.parse(await readFile(path.join(config.paths.state, 'status.json'), 'utf8')) as Snapshot;
  } catch {
    return undefined;
  }
}

const isBusy = (error: unknown): boolean => isWinnowError(error) && error.code === 'DATABASE_BUSY';
