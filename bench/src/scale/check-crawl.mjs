import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { psql, quoted } from './psql.mjs';

const { crowdImage } = requireTypeScript('bench/src/scale/crowd/crowd-image.ts');

/**
 * Holds database and files of a finished crawl against what the web knows of itself: every URL one row with the right
 * outcome, every image stored once and whole, nothing left to do.
 * @param blobs folder of the originals
 * @returns {Promise<{ name: string, expected: unknown, found: unknown, ok: boolean }[]>}
 */
export async function checkCrawl({ database, project, truth, blobs: folder }) {
  const facts = JSON.parse(await psql(database, factsQuery(quoted(project))));
  const stored = await storedImages(database, project);
  const blobs = readBlobs(folder);
  const expected = {
    hits: truth.hits,
    fetches: truth.urls,
    urls: truth.urls,
    outcomes: sortedEntries(truth.outcomes),
    images: truth.images,
    occurrences: truth.occurrences,
    doubleOccurrences: 0,
    jobsLeft: 0,
    deadJobs: 0,
    isFinished: true,
    storedUnderRightUrl: truth.images,
    files: truth.images,
    damagedFiles: 0,
    rowsWithoutFile: 0,
  };
  const found = {
    ...facts,
    outcomes: sortedEntries(facts.outcomes ?? {}),
    storedUnderRightUrl: stored.filter(({ url, sha256 }) => digestOf(crowdImage(imageOf(url))) === sha256).length,
    files: blobs.size,
    damagedFiles: [...blobs.values()].filter((isWhole) => !isWhole).length,
    rowsWithoutFile: stored.filter(({ sha256 }) => !blobs.has(sha256)).length,
  };
  return Object.entries(expected).map(([name, value]) => ({
    name,
    expected: value,
    found: found[name],
    ok: JSON.stringify(found[name]) === JSON.stringify(value),
  }));
}

function factsQuery(project) {
  return `select json_build_object(
    'hits', (select count(*) from hits where project = ${project}),
    'fetches', (select count(*) from fetches where project = ${project}),
    'urls', (select count(distinct canonical_url) from fetches where project = ${project}),
    'outcomes', (select json_object_agg(outcome, number) from (
      select coalesce(outcome, 'unknown') as outcome, count(*) as number from fetches where project = ${project}
      group by 1) o),
    'images', (select count(*) from images),
    'occurrences', (select count(*) from sightings where project = ${project}),
    'doubleOccurrences', (select count(*) from (
      select 1 from sightings where project = ${project} group by hit_id having count(*) > 1) d),
    'jobsLeft', (select count(*) from pgboss.job
      where name like 'winnow-%' and name <> 'winnow-dead' and state in ('created', 'retry', 'active')),
    'deadJobs', (select count(*) from pgboss.job where name like 'winnow-%' and (state = 'failed' or name = 'winnow-dead')),
    'isFinished', (select bool_and(crawl_finished_at is not null) from projects where name = ${project}))`;
}

async function storedImages(database, project) {
  const text = await psql(
    database,
    `select canonical_url || ' ' || sha256 from fetches where project = ${quoted(project)} and outcome = 'stored'`,
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map(([url, sha256]) => ({ url, sha256 }));
}

/** Digest by name, and whether the content agrees. Unfinished files of killed processes do not count. */
function readBlobs(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((file) => file.isFile() && /^[\da-f]{64}$/.test(file.name))
      .map(({ parentPath, name }) => [name, digestOf(readFileSync(path.join(parentPath, name))) === name]),
  );
}

function imageOf(url) {
  return Number(/(\d+)\.png$/.exec(url)?.[1]);
}

function digestOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function sortedEntries(counts) {
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
}
