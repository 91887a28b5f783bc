#!/usr/bin/env node
/**
 * Puts the URLs of a large listing into the queue of a Postgres server as a crawl does, and times what workers then
 * ask of it: npm run bench -- queue-million [--urls 1000000] [--hosts 20000] [--json]
 */
import { parseArgs } from 'node:util';
import { crawlSettings, listingQuery, PAGE_SIZE, URLS_PER_QUERY } from './listing-rows.mjs';
import { createDatabase, psql, startServer } from './psql.mjs';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { markdown } from '../harness/markdown-table.mjs';

const db = requireTypeScript('libs/db/src/index.ts');
const { advanceCrawl, advanceJob } = requireTypeScript('apps/crawler/src/jobs/advance-crawl.ts');
const { planOf } = requireTypeScript('apps/crawler/src/jobs/crawl-settings.ts');

const PROJECT = 'million';
const PAGES_AT_ONCE = 8;
/** Jobs that one worker takes at once. */
const CLAIMED_AT_ONCE = 48;
const CLAIMS = 50;
const SAMPLED_JOBS = 200;
const SAMPLE_MILLIS = 100;

const { values } = parseArgs({
  options: {
    urls: { type: 'string', default: '1000000' },
    hosts: { type: 'string', default: '20000' },
    classes: { type: 'string', default: '200' },
    /** Pages that are listed one by one, as a crawl lists them; the others are put into the database at once. */
    pages: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
});
const [urls, hosts, classes, pages] = ['urls', 'hosts', 'classes', 'pages'].map((name) => Number(values[name]));

const server = await startServer();

const place = await createDatabase(server, 'million');
const handle = await db.openDatabase({ url: place.url, stateDir: '', holder: 'queue-million' });
const jobs = await db.JobQueue.open(handle);
const memory = watchMemory();
const steps = [];
try {
  const settings = crawlSettings({ urls, classes });
  const plan = planOf(PROJECT, settings);
  await db.ensureCrawlPlan(handle.db, plan);
  await db.beginCrawl(handle.db, PROJECT, JSON.parse(JSON.stringify(settings)));
  await time('list pages one by one, hits', pages * PAGE_SIZE, listPages);
  await psql(place, listingQuery({ project: PROJECT, classes, hosts, from: 0, to: urls }));
  await psql(place, 'analyze');

  const claimAdvance = async () => {
    await jobs.send([advanceJob(PROJECT)]);
    const [job] = await jobs.claim('advance', 1);
    return job;
  };
  const now = new Date();
  const first = await claimAdvance();
  await time('enqueue: rows and jobs, URLs', urls, () =>
    advanceCrawl({ db: handle.db, jobs, project: PROJECT, now }, first),
  );
  const again = await claimAdvance();
  await time('ask again while jobs are left', 1, () =>
    advanceCrawl({ db: handle.db, jobs, project: PROJECT, now }, again),
  );
  await time('ensureFetches when nothing is new, URLs', urls, () => db.ensureFetches(handle.db, plan));
  await time('classProgress, URLs', urls, () => db.classProgress(handle.db, PROJECT));
  await time('dueHosts, URLs', urls, () => db.dueHosts(handle.db, PROJECT, { now }));
  const claimed = [];
  const { queued } = (await jobs.counts(PROJECT)).fetch;
  const claims = Math.min(CLAIMS, Math.floor(queued / CLAIMED_AT_ONCE));
  await time(`claims of ${CLAIMED_AT_ONCE} jobs each`, claims, async () => {
    for (let claim = 0; claim < claims; claim += 1) claimed.push(...(await jobs.claim('fetch', CLAIMED_AT_ONCE)));
  });
  const some = claimed.slice(0, SAMPLED_JOBS);
  await time("reading a job's URLs, jobs", some.length, async () => {
    for (const { data } of some) await db.dueFetches(handle.db, PROJECT, now, data.hosts);
  });
  await time('ending jobs, jobs', some.length, async () => {
    for (const job of some) {
      await handle.db.transaction(async (tx) => {
        await jobs.complete(job, tx);
        await jobs.send([advanceJob(PROJECT)], tx);
      });
    }
  });
  await time('counting jobs', 10, async () => {
    for (let count = 0; count < 10; count += 1) await jobs.counts(PROJECT);
  });
  await report(await jobs.counts(PROJECT));
} finally {
  memory.stop();
  await jobs.close();
  await handle.close();
}

/** Of another project with the same plan: hits as a parser gives them, stored page by page. */
async function listPages() {
  const project = `${PROJECT}-pages`;
  const plan = planOf(project, crawlSettings({ urls, classes }));
  await db.ensureCrawlPlan(handle.db, plan);
  const pagesPerQuery = URLS_PER_QUERY / PAGE_SIZE;
  // Pages of a query come one after another, several queries side by side.
  let nextQuery = 0;
  const listQueries = async () => {
    for (let place = nextQuery++; place * pagesPerQuery < pages; place = nextQuery++) {
      const query = plan.queries[place];
      for (let page = 1; page <= Math.min(pagesPerQuery, pages - place * pagesPerQuery); page += 1) {
        const number = place * pagesPerQuery + page;
        await db.commitListedPage(handle.db, {
          key: { project, ...query },
          page,
          at: new Date(),
          hits: Array.from({ length: PAGE_SIZE }, (_, index) => pageHit(query, page, { number, rank: index + 1 })),
          cursor: { page: page + 1 },
          state: 'pending',
          responseClass: 'ok',
        });
      }
    }
  };
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, listQueries));
}

function pageHit(query, page, { number, rank }) {
  const url = `http://page${number % hosts}.crowd.test/photos/${number}-${rank}.jpg`;
  return {
    ...query,
    id: `page-${number}-${rank}`,
    page,
    rank,
    imageUrl: url,
    canonicalUrl: url,
    pageUrl: `${url}.html`,
    title: `Image ${rank} of page ${number}`,
    license: 'by 2.0',
    creator: 'someone',
    engineVersion: '1',
  };
}

async function time(name, count, task) {
  memory.reset();
  const startMillis = performance.now();
  await task();
  const seconds = (performance.now() - startMillis) / 1000;
  steps.push({ name, count, seconds, perSecond: count / seconds, rssBytes: memory.peakBytes() });
  process.stderr.write(`${name}: ${seconds.toFixed(2)} s\n`);
}

/** The largest resident memory of this process. */
function watchMemory() {
  let peak = 0;
  const sample = () => (peak = Math.max(peak, process.memoryUsage.rss()));
  const timer = setInterval(sample, SAMPLE_MILLIS);
  return {
    reset() {
      peak = 0;
      sample();
    },
    peakBytes: sample,
    stop: () => clearInterval(timer),
  };
}

async function report(counts) {
  const sizes = JSON.parse(
    await psql(
      place,
      // pg-boss keeps its jobs in partitions.
      `select json_object_agg(name, coalesce(
        (select sum(pg_total_relation_size(relid)) from pg_partition_tree(name::regclass) having count(*) > 0),
        pg_total_relation_size(name::regclass)))
      from unnest(array['hits', 'fetches', 'queries', 'pgboss.job']) as name`,
    ),
  );
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ urls, hosts, classes, steps, counts, tableBytes: sizes })}\n`);
    return;
  }
  const rows = steps.map(({ name, count, seconds, perSecond, rssBytes }) => [
    name,
    count,
    seconds.toFixed(3),
    perSecond.toFixed(0),
    (rssBytes / 1e6).toFixed(0),
  ]);
  const megabytes = Object.entries(sizes).map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(0)}`);
  process.stdout.write(`${markdown(['step', 'number', 'seconds', 'a second', 'RSS, MB'], rows)}\n`);
  process.stdout.write(`\nJobs: ${JSON.stringify(counts)}\nTables, MB: ${megabytes.join(', ')}\n`);
}
