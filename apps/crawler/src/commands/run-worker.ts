import { existsSync } from 'node:fs';
import { storeAddress } from '@winnow/config';
import type { StoreAddress } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult } from '@winnow/contracts';
import { JobQueue, openProjectDatabase } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { requireStore } from '@winnow/store';
import { engineKeys } from '../engines/engines';
import { newWorkerId, work } from '../jobs/worker';
import { parseListen, serveOperations } from '../metrics/operations-server';
import type { ListenAddress } from '../metrics/operations-server';
import { unready, WorkerHealth } from '../metrics/worker-health';
import { WorkerMetrics } from '../metrics/worker-metrics';
import type { MeteredWorker } from '../metrics/worker-metrics';
import { SYSTEM_CLOCK } from '../politeness/clock';
import path from 'node:path';
import { version } from '../../package.json';

/** Workers may be started together with their server. */
const START_MILLIS = 60_000;
/** Many workers share one server. */
const CONNECTIONS = 3;

/** Works on jobs of the server of DATABASE_URL. @throws WinnowError, those of the configuration and the database */
export async function runWorker(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const url = io.env['DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new WinnowError('CONFIG_INVALID', 'Workers share a Postgres server, and none is named', {
      where: 'environment variable DATABASE_URL',
      next: 'Set it to postgres://user:password@host:5432/database. Alone, `winnow crawl` needs no workers.',
    });
  }
  const { listen } = input.options;
  const address = typeof listen === 'string' ? parseListen(listen) : null;
  const stateDir = stateFolder(input, io);
  const store = storeAddress(io.env);
  const database = await openProjectDatabase(
    { databaseUrl: url, paths: { state: stateDir ?? io.cwd } },
    { holder: 'winnow worker', startMillis: START_MILLIS, connections: CONNECTIONS },
    io,
  );
  const workerId = newWorkerId();
  io.log(`Worker ${workerId} is at work; Ctrl-C stops it, and nothing is lost.`);
  const untilIdle = input.options['untilIdle'] === true;
  let jobs: JobQueue | undefined;
  let stopServing = (): Promise<void> => Promise.resolve();
  try {
    await requireStore(database.db, store);
    jobs = await JobQueue.open(database);
    if (address !== null) stopServing = await serve(address, { database, jobs, workerId, store, log: io.log });
    const result = await work({
      database,
      jobs,
      workerId,
      until: untilIdle ? 'idle' : 'stopped',
      stateDir,
      store,
      onFailure: ({ kind, data }, error) => {
        const what = [kind, data.project, data.className ?? data.hosts?.join(' ').slice(0, 200)].join(' ');
        io.log(`A job failed and will be tried again: ${what}: ${String(error)}`);
      },
      loopbackOnly: io.env['WINNOW_LOOPBACK_ONLY'] === '1',
      apiKeys: engineKeys(io.env),
      clock: SYSTEM_CLOCK,
      signal: io.signal,
    });
    const { jobsDone, urlsTried, jobsLeft } = result;
    const isDone = !untilIdle || jobsLeft === 0;
    return {
      exitCode: isDone ? 0 : 3,
      json: { worker: workerId, ...result },
      text: [
        `${jobsDone} jobs, ${urlsTried} image URLs`,
        ...(isDone ? [] : [`${jobsLeft} jobs wait for a worker that has what this one lacks.`]),
      ],
    };
  } finally {
    await stopServing();
    await jobs?.close();
    await database.close();
  }
}

/** Figures and health of this worker, for those who watch it. @returns ends that */
async function serve(
  listen: ListenAddress,
  worker: Pick<MeteredWorker, 'jobs'> & {
    readonly database: DatabaseHandle;
    readonly workerId: string;
    readonly store: StoreAddress | undefined;
    readonly log: CommandIo['log'];
  },
): Promise<() => Promise<void>> {
  const { database, jobs, workerId, store, log } = worker;
  const metrics = new WorkerMetrics({ database, jobs, version });
  const health = new WorkerHealth(workerId);
  const stop = (): void => {
    health.close();
    metrics.close();
  };
  const server = await serveOperations({
    ...{ listen, metrics },
    unhealthy: () => health.unhealthy(),
    unready: () => unready(database.db, store),
  }).catch((error: unknown) => {
    stop();
    throw error;
  });
  log(
    `/metrics, /healthz and /readyz at http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${server.port}`,
  );
  return async () => {
    await server.close();
    stop();
  };
}

function stateFolder(input: CommandInput, io: CommandIo): string | undefined {
  const option = input.options['state'];
  if (typeof option !== 'string') return undefined;
  const folder = path.resolve(io.cwd, option);
  if (existsSync(folder)) return folder;
  throw new WinnowError('FILE_NOT_FOUND', 'There is no such folder', {
    where: folder,
    next: "Mount the project's .winnow folder there: all machines need to see the same files. Or set WINNOW_STORE.",
  });
}
