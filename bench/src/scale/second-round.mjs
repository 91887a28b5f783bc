#!/usr/bin/env node
/**
 * Times a round of a crawl that has fetched many images and has listed a few more, on a Postgres server:
 * npm run bench -- second-round [--urls 1000000] [--new 10000] [--json]
 */
import { parseArgs } from 'node:util';
import { crawlSettings, listingQuery } from './listing-rows.mjs';
import { createDatabase, psql, quoted, startServer } from './psql.mjs';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const db = requireTypeScript('libs/db/src/index.ts');
const { advanceCrawl, advanceJob } = requireTypeScript('apps/crawler/src/jobs/advance-crawl.ts');
const { planOf } = requireTypeScript('apps/crawler/src/jobs/crawl-settings.ts');

const PROJECT = 'second';
const MAX_SECONDS = 3;
const MAX_LOCKED_SECONDS = 1;

const { values } = parseArgs({
  options: {
    urls: { type: 'string', default: '1000000' },
    new: { type: 'string', default: '10000' },
    hosts: { type: 'string', default: '20000' },
    classes: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const [urls, added, hosts, classes] = ['urls', 'new', 'hosts', 'classes'].map((name) => Number(values[name]));

const server = await startServer();

const place = await createDatabase(server, 'second_round');
const handle = await db.openDatabase({ url: place.url, stateDir: '', holder: 'second-round' });
const jobs = await db.JobQueue.open(handle);
try {
  const settings = crawlSettings({ urls: urls + added, classes });
  await db.ensureCrawlPlan(handle.db, planOf(PROJECT, settings));
  await db.beginCrawl(handle.db, PROJECT, JSON.parse(JSON.stringify(settings)));
  const part = { project: PROJECT, classes, hosts };
  await psql(place, listingQuery({ ...part, from: 0, to: urls }));
  const first = await advance();
  await psql(place, fetchedQuery());
  await psql(place, listingQuery({ ...part, from: urls, to: urls + added }));
  await psql(place, 'analyze');
  const second = await advance();
  const due = Number(await psql(place, 'select count(*) from fetches where outcome is null'));
  const passed = second.seconds <= MAX_SECONDS && second.lockedSeconds <= MAX_LOCKED_SECONDS && due === added;
  const figures = { urls, added, due, first, second };
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ ...figures, passed: Number(passed), failed: Number(!passed) })}\n`);
  } else {
    const inWords = ({ seconds, lockedSeconds }) => `${seconds.toFixed(2)} s, locked for ${lockedSeconds.toFixed(2)} s`;
    process.stdout.write(`first round, ${urls} URLs: ${inWords(first)}\n`);
    process.stdout.write(`second round, ${added} new ones among them: ${inWords(second)}\n`);
  }
  if (!passed) process.exitCode = 1;
} finally {
  await jobs.close();
  await handle.close();
}

/** Decides the next step, and discards the jobs that come of it. @returns seconds, and those under the project's exclusive lock */
async function advance() {
  await jobs.send([advanceJob(PROJECT)]);
  const [job] = await jobs.claim('advance', 1);
  const lock = watchLock();
  const startMillis = performance.now();
  await advanceCrawl({ db: handle.db, jobs, project: PROJECT, now: new Date() }, job);
  const seconds = (performance.now() - startMillis) / 1000;
  const lockedSeconds = await lock.end();
  await jobs.discard(PROJECT, ['fetch', 'list']);
  return { seconds, lockedSeconds };
}

/** Every listed URL fetched, each to an image of its own. */
function fetchedQuery() {
  return `
    insert into images (sha256, size_bytes, mime, width, height)
    select md5(canonical_url) || md5('y' || canonical_url), 1000, 'image/jpeg', 100, 100 from fetches;
    update fetches set outcome = 'stored', sha256 = md5(canonical_url) || md5('y' || canonical_url);
    insert into sightings (hit_id, sha256, project)
    select h.id, md5(h.canonical_url) || md5('y' || h.canonical_url), h.project from hits h where project = ${quoted(PROJECT)}`;
}

/** How long anybody holds the crawl's advisory lock for himself alone: imports and takedowns wait for it. */
function watchLock() {
  let seconds = 0;
  let isOver = false;
  const watching = (async () => {
    let seenMillis;
    while (!isOver) {
      const { rows } = await handle.executeSql(
        `select 1 from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and granted
          and (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0)`,
        [`winnow crawl ${PROJECT}`],
      );
      const now = performance.now();
      if (rows.length > 0 && seenMillis !== undefined) seconds += (now - seenMillis) / 1000;
      seenMillis = rows.length > 0 ? now : undefined;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return {
    async end() {
      isOver = true;
      await watching;
      return seconds;
    },
  };
}
