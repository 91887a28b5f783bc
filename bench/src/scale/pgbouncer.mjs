#!/usr/bin/env node
/**
 * The specs of queues, rounds, rows and builds by way of PgBouncer, which gives each transaction whatever connection is free:
 *   npm run bench -- pgbouncer [--json]
 * Ends with 1 where one fails, or where a lock is still held at the end.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runJest } from '../../../tools/nx/run-jest.js';
import { freePort } from '../../../tools/test-postgres.mjs';
import { psql, startServer } from './psql.mjs';

const SPECS = [
  'apps/crawler/src/jobs',
  'libs/db/src/jobs',
  'libs/db/src/repositories',
  'libs/db/src/open-database',
  'apps/curator/src/build/build-project',
];
const START_SECONDS = 20;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const found = spawnSync('pgbouncer', ['--version'], { encoding: 'utf8', env: withSbin() });
if (found.status !== 0) throw new Error('There is no PgBouncer (Debian: apt-get install pgbouncer)');
const server = await startServer();

const folder = mkdtempSync(path.join(os.tmpdir(), 'winnow-pgbouncer-'));
const bouncer = await startBouncer(new URL(server.url).port);
try {
  Object.assign(process.env, {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    WINNOW_TEST_DATABASE_URL: bouncer.url,
  });
  const { numPassedTests: passed, numFailedTests: failed } = runJest(SPECS) ?? { numPassedTests: 0, numFailedTests: 1 };
  const locks = Number(await psql(server, "select count(*) from pg_locks where locktype = 'advisory'"));
  const ok = passed > 0 && failed === 0 && locks === 0;
  const version = found.stdout.split('\n', 1)[0];
  if (values.json) process.stdout.write(`${JSON.stringify({ version, passed, failed, locks, ok })}\n`);
  else process.stdout.write(`${version}: ${passed} tests passed, ${failed} failed, ${locks} locks held at the end\n`);
  process.exitCode = ok ? 0 : 1;
} finally {
  bouncer.child.kill();
  await once(bouncer.child, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

/** Between any database of the server and whoever comes; refuses to run as root. */
async function startBouncer(serverPort) {
  const port = await freePort();
  const settings = [
    ['listen_addr', '127.0.0.1'],
    ['listen_port', port],
    ['auth_type', 'any'],
    ['pool_mode', 'transaction'],
    ['default_pool_size', 10],
    ['max_client_conn', 200],
  ];
  const databases = `[databases]\n* = host=127.0.0.1 port=${serverPort} user=winnow\n`;
  const file = path.join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${databases}[pgbouncer]\n${settings.map((pair) => pair.join(' = ')).join('\n')}\n`);
  chmodSync(folder, 0o755);
  const idOf = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  const child = spawn('pgbouncer', ['-q', file], { stdio: ['ignore', 'ignore', 'inherit'], env: withSbin(), ...user });
  const url = `postgres://winnow@127.0.0.1:${port}/postgres`;
  for (let left = START_SECONDS * 10; left > 0; left -= 1) {
    if ((await psql({ bin: server.bin, url }, 'select 1').catch(() => '')) === '1') return { url, child };
    if (child.exitCode !== null) break;
    await delay(100);
  }
  child.kill();
  throw new Error('PgBouncer does not start');
}

/** Where Debian has it. */
function withSbin() {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
}
