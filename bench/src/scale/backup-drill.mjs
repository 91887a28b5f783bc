#!/usr/bin/env node
/**
 * A crawl whose database is lost and comes back from a dump of its first third, beside a store that went on: every
 * row has its file, and the crawl goes on to the same end.
 *   npm run bench -- backup-drill [--json]
 * Ends with 1 if a check failed. The last line of stdout is a JSON object.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkCrawl } from './check-crawl.mjs';
import { printChecks } from './print-checks.mjs';
import { createDatabase, psql, startServer } from './psql.mjs';
import { runCrawl, SMALL_CRAWL } from './run-crawl.mjs';
import { startCrew, startWinnow } from './worker-crew.mjs';

const WORKERS = 2;
/** Share of the images that were asked for when the dump is made. */
const DUMPED_AT = 1 / 3;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const server = await startServer();
const tool = (name, args) => execFileSync(path.join(server.bin, name), args, { maxBuffer: 1_000_000_000 });
let dump;

const { checks, wallSeconds } = await runCrawl({
  ...{ server, name: 'lost', workers: WORKERS, settings: SMALL_CRAWL },
  disturb(_crew, progress, { url }) {
    if (progress >= DUMPED_AT) dump ??= tool('pg_dump', ['--no-owner', url]);
  },
  afterwards: restore,
});
process.exitCode = printChecks(checks, { isJson: values.json, wallSeconds }) ? 0 : 1;

/** Puts the dump into a database of its own and goes on from there. @returns checks */
async function restore({ place, file, found }) {
  const database = await createDatabase(server, 'restored');
  execFileSync(path.join(server.bin, 'psql'), ['-X', '-q', '-v', 'ON_ERROR_STOP=1', database.url], { input: dump });
  const rows = Number(await psql(database, 'select count(*) from images'));
  const [rowsWithoutFile] = (await checkCrawl({ database, ...found })).filter(({ name }) => name === 'rowsWithoutFile');
  const here = { ...place, databaseUrl: database.url };
  const verified = await ended(startWinnow(['verify', file, '--originals', '--json'], { ...here, cwd: place.folder }));
  const crew = startCrew(WORKERS, here);
  await crew.settled();
  const isPart = rows > 0 && rows < found.truth.images;
  return [
    { name: 'the dump holds a part of the images', expected: true, found: isPart, ok: isPart },
    { ...rowsWithoutFile, name: 'restored: rowsWithoutFile' },
    { name: 'restored: verify ends with', expected: 0, found: verified, ok: verified === 0 },
    ...(await checkCrawl({ database, ...found })).map((check) => ({ ...check, name: `carried on: ${check.name}` })),
  ];
}

function ended(child) {
  child.stdout.resume();
  child.stderr.resume();
  return new Promise((resolve) => child.on('close', resolve));
}
