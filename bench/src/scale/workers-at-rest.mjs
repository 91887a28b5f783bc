#!/usr/bin/env node
/**
 * What workers ask of a Postgres server while there is nothing to do:
 *   npm run bench -- workers-at-rest [--workers 8] [--seconds 20] [--json]
 * Ends with 1 where they hold more than three connections each, or ask more than twice a second each.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createDatabase, psql, startServer } from './psql.mjs';
import { startWinnow } from './worker-crew.mjs';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const [workers, seconds] = [Number(values.workers), Number(values.seconds)];
const CONNECTIONS_EACH = 3;
const STATEMENTS_EACH = 2;
const SAMPLE_MILLIS = 250;
const START_SECONDS = 120;

const server = await startServer();
const place = await createDatabase(server, 'at_rest');
const folder = mkdtempSync(path.join(os.tmpdir(), 'winnow-at-rest-'));
const crew = Array.from({ length: workers }, () => {
  const child = startWinnow(['worker', '--json'], { databaseUrl: place.url, cwd: folder });
  for (const stream of [child.stdout, child.stderr]) stream.resume();
  return child;
});
try {
  await untilAllAreThere();
  // The first polls come closer together.
  await delay(5000);
  const found = await sample();
  const ok = found.connections <= CONNECTIONS_EACH * workers && found.statementsASecond <= STATEMENTS_EACH * workers;
  if (values.json) process.stdout.write(`${JSON.stringify({ workers, ...found, ok })}\n`);
  else {
    const each = (found.statementsASecond / workers).toFixed(2);
    process.stdout.write(
      `${workers} workers: at most ${found.connections} connections, ${each} statements a second each\n`,
    );
  }
  process.exitCode = ok ? 0 : 1;
} finally {
  for (const child of crew) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function untilAllAreThere() {
  for (let waited = 0; waited < START_SECONDS; waited += 1) {
    const there = await psql(place, 'select count(*) from workers').catch(() => '0');
    if (Number(there) === workers) return;
    await delay(1000);
  }
  throw new Error(`${workers} workers did not start within ${START_SECONDS} s`);
}

/** Transactions are counted, of which each statement of a worker at rest is one; the samples' own are taken off. */
async function sample() {
  const count = async () =>
    Number(await psql(place, "select xact_commit + xact_rollback from pg_stat_database where datname = 'at_rest'"));
  const [before, startedAt] = [await count(), Date.now()];
  let [connections, samples] = [0, 1];
  while (Date.now() - startedAt < seconds * 1000) {
    const now = await psql(place, "select count(*) - 1 from pg_stat_activity where datname = 'at_rest'");
    connections = Math.max(connections, Number(now));
    samples += 1;
    await delay(SAMPLE_MILLIS);
  }
  const asked = (await count()) - before - samples;
  return { connections, statementsASecond: asked / ((Date.now() - startedAt) / 1000) };
}
