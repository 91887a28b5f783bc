#!/usr/bin/env node
/**
 * Crawls a loopback web of many hosts with several `winnow worker`s on one Postgres server, undisturbed and then with
 * workers killed and the server restarted, and checks what came of it:
 *   npm run bench -- harvest-scale [--quick] [--images 20000] [--hosts 500] [--workers 1,2,4] [--json]
 * Ends with 1 if a check failed.
 */
import { startServer } from './psql.mjs';
import { parseArgs } from 'node:util';
import { markdown } from '../harness/markdown-table.mjs';
import { runCrawl } from './run-crawl.mjs';
import { makeTrouble } from './trouble.mjs';

const SIZES = {
  full: { images: 20_000, hosts: 500, classes: 10, kills: 30, 'kill-seconds': 5 },
  quick: { images: 1600, hosts: 80, classes: 8, kills: 9, 'kill-seconds': 2 },
};
const DEFAULTS = {
  'delay-millis': 200,
  'per-host': 2,
  concurrency: 32,
  'tolerance-millis': 50,
  seed: 20_261_124,
  'timeout-minutes': 45,
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** Numbers of workers of the undisturbed crawls; none: the disturbed one only. */
    workers: { type: 'string', default: '1,2,4' },
    /** Workers of the disturbed crawl; 0: none. */
    'chaos-workers': { type: 'string', default: '4' },
    ...Object.fromEntries(
      [...Object.keys(SIZES.full), ...Object.keys(DEFAULTS)].map((name) => [name, { type: 'string' }]),
    ),
  },
});
const settings = Object.fromEntries(
  Object.entries({ ...SIZES[values.quick ? 'quick' : 'full'], ...DEFAULTS }).map(([name, value]) => [
    name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()),
    wholeNumber(name, values[name] ?? value),
  ]),
);
const crews = values.workers
  .split(',')
  .filter((text) => text !== '')
  .map((text) => wholeNumber('workers', text));
const chaosWorkers = wholeNumber('chaos-workers', values['chaos-workers']);

const server = await startServer();

const runs = [];
for (const workers of crews) {
  runs.push(await runCrawl({ server, name: `calm_${workers}`, workers, settings }));
  show(runs.at(-1));
}
if (chaosWorkers > 0) {
  const { disturb, restarts } = makeTrouble({ server, ...settings });
  const run = await runCrawl({ server, name: `chaos_${chaosWorkers}`, workers: chaosWorkers, settings, disturb });
  run.checks.push({ name: 'restarts', expected: 1, found: restarts(), ok: restarts() === 1 });
  runs.push(run);
  show(run);
}
if (values.json) process.stdout.write(`${JSON.stringify({ settings, runs })}\n`);
else printTable(runs);
process.exitCode = runs.every(({ checks }) => checks.every(({ ok }) => ok)) ? 0 : 1;

function wholeNumber(name, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`--${name} ${text} is not a whole number`);
}

/** What one crawl came to, for whoever waits. */
function show({ name, wallSeconds, checks }) {
  const failed = checks.filter(({ ok }) => !ok);
  process.stderr.write(`${name}: ${wallSeconds.toFixed(1)} s, ${checks.length - failed.length} checks passed\n`);
  for (const { name: check, expected, found } of failed) {
    process.stderr.write(`  FAILED ${check}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}\n`);
  }
}

function printTable(rows) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
  const headings = [
    'crawl',
    'wall, s',
    'kills',
    'fetching, s',
    'images/s, wall',
    'images/s, fetching',
    'CPU, s',
    'images/CPU s',
    'peak MB',
    'MB at 25, 50, 75, 100 %',
    'closest, ms',
    'as seen, ms',
    'server late, ms',
    'mean of 10, ms',
    'most at once',
    'sent again',
    'checks',
  ];
  const cells = rows.map((run) => {
    const { images, imageHosts } = run.counts;
    return [
      run.name,
      run.wallSeconds.toFixed(1),
      run.kills,
      run.fetchSeconds.toFixed(1),
      run.imagesPerSecond.toFixed(1),
      run.imagesPerFetchSecond.toFixed(1),
      run.cpuSeconds.toFixed(1),
      (images.urlsAsked / run.cpuSeconds).toFixed(1),
      run.rss.peakBytes.map(megabytes).join(', '),
      run.rss.marks.map((marks) => marks.map(megabytes).join(' ')).join('; '),
      imageHosts.worstSpacingMillis?.toFixed(1) ?? '-',
      imageHosts.seenSpacingMillis?.toFixed(1) ?? '-',
      run.counts.worstStallMillis.toFixed(1),
      imageHosts.worstMeanSpacingMillis?.toFixed(1) ?? '-',
      imageHosts.worstConcurrency,
      images.urlsDeliveredAgain,
      run.checks.every(({ ok }) => ok) ? 'ok' : 'FAILED',
    ];
  });
  process.stdout.write(`${markdown(headings, cells)}\n`);
}
