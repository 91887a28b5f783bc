import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkCrawl } from './check-crawl.mjs';
import { startCrowdProcess } from './crowd-process.mjs';
import { createDatabase } from './psql.mjs';
import { rssMarks } from './rss-marks.mjs';
import { startCrew, startWinnow } from './worker-crew.mjs';

const GAUGE_MILLIS = 500;
const PROJECT = 'scale';
/** A minute's crawl, to make trouble in. */
export const SMALL_CRAWL = {
  ...{ images: 1200, hosts: 60, classes: 6, seed: 20_261_202, timeoutMinutes: 10 },
  ...{ delayMillis: 200, perHost: 2, concurrency: 32, toleranceMillis: 50 },
};

/**
 * One crawl of a fresh web into a fresh database by `workers` processes.
 * @param disturb called about twice a second with the crew, the progress (0 to 1) and the database, to make trouble
 * @param wayTo the address by which workers reach the database, of its own
 * @param blobs folder in which the store has the originals; default: the project's
 * @param afterwards is given the place of the finished crawl and its web before they go, and returns more checks
 * @returns measures and checks
 */
export async function runCrawl({
  server,
  name,
  workers,
  settings,
  disturb = () => undefined,
  wayTo = (url) => url,
  blobs,
  afterwards = () => [],
}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-scale-'));
  const web = await startCrowdProcess(settings);
  let crew;
  // Also when this process is told to end.
  const clearUp = () => {
    crew?.killAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', clearUp);
  try {
    const database = await createDatabase(server, name);
    const place = { databaseUrl: wayTo(database.url), folder, stateDir: path.join(folder, '.winnow') };
    mkdirSync(place.stateDir);
    const file = path.join(folder, 'project.yaml');
    writeFileSync(file, projectText(web, settings));
    const enqueueSeconds = await seconds(() => enqueue(file, place));
    const startMillis = performance.now();
    crew = startCrew(workers, place);
    const isInTime = await watch({ crew, web, settings, disturb: (...now) => disturb(...now, database) });
    const wallSeconds = (performance.now() - startMillis) / 1000;
    const counts = await web.counts(settings);
    const found = { project: PROJECT, truth: web.truth, blobs: blobs ?? path.join(place.stateDir, 'blobs') };
    const checks = [
      { name: 'inTime', expected: true, found: isInTime, ok: isInTime },
      ...exitChecks(crew),
      ...politenessChecks(counts),
      ...(await checkCrawl({ database, ...found })),
      ...(await afterwards({ place, file, found })),
    ];
    return { name, workers, enqueueSeconds, wallSeconds, ...measures(crew, counts, wallSeconds), counts, checks };
  } finally {
    process.removeListener('exit', clearUp);
    clearUp();
    await web.stop();
  }
}

/** JSON is YAML. */
function projectText({ classes, resolve }, { images, delayMillis, perHost, concurrency }) {
  const harvest = { engines: ['openverse'], perClass: images * 2, delayMillis, perHost, concurrency, resolve };
  return JSON.stringify({ name: PROJECT, classes, harvest });
}

async function seconds(task) {
  const startMillis = performance.now();
  await task();
  return (performance.now() - startMillis) / 1000;
}

async function enqueue(file, place) {
  const child = startWinnow(['crawl', file, '--enqueue', '--json'], {
    databaseUrl: place.databaseUrl,
    cwd: place.folder,
  });
  let log = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk) => (log += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`winnow crawl --enqueue ended with ${code}: ${log.slice(-2000)}`);
}

/** Until every worker has ended. @returns whether that was before the time limit */
async function watch({ crew, web, settings, disturb }) {
  const endMillis = performance.now() + settings.timeoutMinutes * 60_000;
  const settled = () => crew.workers.every(({ exit }) => exit !== undefined);
  while (!settled()) {
    if (performance.now() > endMillis) {
      crew.killAll();
      await crew.settled();
      return false;
    }
    const { images } = await web.counts(settings);
    const progress = images.urlsAsked / settings.images;
    crew.gauge(progress);
    await disturb(crew, progress);
    await Promise.race([crew.settled(), wait(GAUGE_MILLIS)]);
  }
  return true;
}

/** Whoever was not killed has to have ended well. */
function exitChecks(crew) {
  const bad = crew.workers.filter(({ killed, exit }) => !killed && exit?.code !== 0);
  return [
    {
      name: 'workersEndedBadly',
      expected: [],
      found: bad.map(({ exit, log }) => ({ ...exit, log })),
      ok: bad.length === 0,
    },
  ];
}

function politenessChecks({ imageHosts }) {
  return ['tooClose', 'tooFast', 'tooMany'].map((name) => ({
    name,
    expected: 0,
    found: imageHosts[name],
    ok: imageHosts[name] === 0,
  }));
}

function measures(crew, { images }, wallSeconds) {
  const fetchSeconds = (images.lastResponseMillis - images.firstRequestMillis) / 1000;
  return {
    fetchSeconds,
    imagesPerSecond: images.urlsAsked / wallSeconds,
    imagesPerFetchSecond: images.urlsAsked / fetchSeconds,
    // Up to half a second of each worker is missing.
    cpuSeconds: crew.workers.reduce((sum, { last }) => sum + (last?.cpuSeconds ?? 0), 0),
    kills: crew.workers.filter(({ killed }) => killed).length,
    rss: rssMarks(crew.workers),
  };
}
