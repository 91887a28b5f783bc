#!/usr/bin/env node
/**
 * What a worker says of itself, beside its Postgres server and without it:
 *   npm run bench -- metrics [--json]
 * Where `promtool` of Prometheus is found (PROMTOOL names it elsewhere), it checks the figures, too. Ends with 1 if a check failed. The last line of
 * stdout is a JSON object.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { checkEqual, printChecks } from './print-checks.mjs';
import { createDatabase, startServer } from './psql.mjs';
import { startWinnow } from './worker-crew.mjs';

/** Of scale.md's 22, those that belong to what is built; and what this project added. */
const NAMES = [
  ...['build_info', 'jobs', 'job_seconds', 'job_retries_total', 'urls_total', 'fetched_bytes_total', 'hosts_leased'],
  ...[
    'engine_suspended',
    'store_requests_total',
    'store_seconds',
    'store_bytes_total',
    'store_retries_total',
    'db_pool',
  ],
  ...['condemned', 'workers', 'database_up'],
].map((name) => `winnow_${name}`);
const MAX_SERIES = 400;
const ALERTS = path.join(ROOT, 'docker/prometheus/winnow.rules.test.yaml');
const PROMTOOL = process.env['PROMTOOL'] ?? 'promtool';
/** Figures of the database are asked for again after 5 s. */
const AWAY_MILLIS = 6000;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const server = await startServer();
const folder = mkdtempSync(path.join(tmpdir(), 'winnow-metrics-'));
const place = await createDatabase(server, 'metrics');
const worker = startWinnow(['worker', '--listen', '0', '--json'], { databaseUrl: place.url, cwd: folder });
worker.stdout.resume();
try {
  const address = await listening();
  const ask = async (name) => {
    const response = await fetch(`${address}/${name}`);
    return { status: response.status, text: await response.text() };
  };
  const well = { health: await ask('healthz'), ready: await ask('readyz'), metrics: await ask('metrics') };
  const { text } = well.metrics;
  const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const lacking = NAMES.filter((name) => !names.has(name));
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  const promtool = spawnSync(PROMTOOL, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  const alerts = spawnSync(PROMTOOL, ['test', 'rules', ALERTS], { encoding: 'utf8' });
  // A worker waits for it: it is well, and not ready.
  server.stop();
  await delay(AWAY_MILLIS);
  const away = { health: await ask('healthz'), ready: await ask('readyz'), metrics: await ask('metrics') };
  const states = ({ health, ready, metrics }) => [health.status, ready.status, metrics.status];
  const checks = [
    checkEqual('health, readiness, figures', [200, 200, 200], states(well)),
    checkEqual('names that are lacking', [], lacking),
    { name: 'series', expected: `at most ${MAX_SERIES}`, found: series, ok: series <= MAX_SERIES },
    ...(promtool.error === undefined
      ? [
          checkEqual('what promtool minds of ours', [], remarks(`${promtool.stdout}${promtool.stderr}`)),
          checkEqual('alerts as their tests want them', 0, alerts.status),
        ]
      : []),
    checkEqual('the same without the server', [200, 503, 200], states(away)),
    checkEqual('database_up without it', true, away.metrics.text.includes('\nwinnow_database_up 0')),
  ];
  const isChecked = promtool.error === undefined;
  process.exitCode = printChecks(checks, { isJson: values.json, promtool: isChecked }) ? 0 : 1;
} finally {
  worker.kill('SIGKILL');
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {Promise<string>} where the worker listens, as it says */
function listening() {
  let log = '';
  return new Promise((resolve, reject) => {
    worker.stderr.on('data', (chunk) => {
      log += chunk;
      const [, found] = /at (http:\/\/\S+:\d+)/.exec(log) ?? [];
      if (found !== undefined) resolve(found);
    });
    worker.once('close', () => reject(new Error(`The worker ended: ${log}`)));
  });
}

/** Of the names that are not Node's own, which prom-client chose. */
function remarks(output) {
  return output.split('\n').filter((line) => line.startsWith('winnow_'));
}
