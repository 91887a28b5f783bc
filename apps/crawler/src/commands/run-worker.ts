import { existsSync } from 'node:fs';
import { storeAddress } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult } from '@winnow/contracts';
import { JobQueue, openProjectDatabase } from '@winnow/db';
import { requireStore } from '@winnow/store';
import { engineKeys } from '../engines/engines';
import { newWorkerId, work } from '../jobs/worker';
import { SYSTEM_CLOCK } from '../politeness/clock';
import path from 'node:path';

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
  try {
    await requireStore(database.db, store);
    jobs = await JobQueue.open(database);
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
    return {
      exitCode: 0,
      json: { worker: workerId, ...result },
      text: [`${result.jobsDone} jobs, ${result.urlsTried} image URLs`],
    };
  } finally {
    await jobs?.close();
    await database.close();
  }
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
