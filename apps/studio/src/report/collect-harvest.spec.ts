import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { IMPORT_ENGINE } from '@winnow/contracts';
import { listProjectImages, recordImports } from '@winnow/db';
import { createTestDatabase, recordTestCrawl } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { recordImport } from '@winnow/runs';
import { collectHarvest, collectImports } from './collect-harvest';
import type { ProjectRecords } from './project-records';

const at = new Date('2026-01-01T00:00:00Z');
const digest = (letter: string): string => letter.repeat(64);
const file = (letter: string) => ({ sha256: digest(letter), sizeBytes: 3, mime: 'image/png', width: 4, height: 5 });

let database: TestDatabase;
let state: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.reset();
  state = mkdtempSync(path.join(tmpdir(), 'winnow-report-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** Two classes; every original is in the data set but those named. */
async function records(leftOut: readonly string[] = []): Promise<ProjectRecords> {
  const originals = await listProjectImages(database.db, 'p');
  return {
    config: {
      name: 'p',
      classes: [{ name: 'cat' }, { name: 'dog' }],
      harvest: { engines: ['openverse'] },
      paths: { state },
    },
    db: database.db,
    originals,
    samples: originals
      .filter(({ sha256 }) => !leftOut.includes(sha256))
      .map(({ sha256, provenance }) => ({ sha256, key: sha256, className: provenance[0]?.className })),
    splitRows: [],
    exclusions: leftOut.map((sha256) => ({ sha256, className: 'cat', outcome: 'duplicate_near' })),
  } as unknown as ProjectRecords;
}

async function importPics(): Promise<void> {
  const facts = { pixelSha256: digest('0'), pdq: digest('1'), pdqQuality: 60 };
  const hits = ['a', 'b', 'copy', 'c'].map((name, index) => ({
    className: name === 'b' ? 'dog' : 'cat',
    rank: index + 1,
    imageUrl: `import:pics/${name}`,
    canonicalUrl: `import:pics/${name}`,
    sha256: digest(name === 'copy' ? 'a' : name),
  }));
  const images = ['a', 'b', 'c'].map((letter) => ({ ...file(letter), ...facts }));
  await recordImports(database.db, { project: 'p', engine: IMPORT_ENGINE, query: 'pics' }, { hits, images, at });
  await recordImport(state, { project: 'p', source: 'pics', kind: 'folder', refused: { truncated: 2 } });
}

/** Makes the project and its classes known. */
const crawl = (letters: readonly string[]) =>
  recordTestCrawl(
    database.db,
    'p',
    letters.map((letter) => ({ ...file(letter), className: letter === 'e' ? 'dog' : 'cat' })),
  );

it('counts files, refusals and copies of an import, and no harvest', async () => {
  await crawl([]);
  await importPics();
  writeFileSync(path.join(state, 'imports', 'damaged.json'), '{"project":"p"}');
  const found = await records([digest('c')]);
  expect(await collectHarvest(found)).toBeNull();
  expect(await collectImports(found)).toMatchObject({
    sources: [{ name: 'pics', kind: 'folder' }],
    hasUrls: false,
    total: { hits: 6, fetched: 4, stored: 3, unique: 2 },
    outcomes: { stored: 2, duplicate_bytes: 1, duplicate_near: 1, truncated: 2 },
    byClass: [
      { name: 'cat', hits: 3, stored: 2, unique: 1 },
      { name: 'dog', hits: 1, stored: 1, unique: 1 },
    ],
    bySource: [{ name: 'pics', hits: 6, fetched: 4, stored: 3, unique: 2 }],
  });
});

it('adds up what was refused of sources of one name', async () => {
  await crawl([]);
  await importPics();
  const options = { classes: null, projectClasses: null, maxBytes: 9 };
  const about = { project: 'p', source: 'pics', kind: 'folder', refused: { truncated: 1 } };
  for (const location of ['/x/pics', '/y/pics'])
    await recordImport(state, { ...about, origin: { path: location, options } });
  expect(await collectImports(await records())).toMatchObject({
    total: { hits: 6 },
    outcomes: { truncated: 2 },
    bySource: [{ name: 'pics', hits: 6 }],
  });
});

it('keeps what was searched for and what was imported apart', async () => {
  await crawl(['d', 'e']);
  await importPics();
  const found = await records([digest('d')]);
  expect(await collectHarvest(found)).toMatchObject({
    total: { hits: 2, fetched: 2, stored: 2, unique: 1 },
    outcomes: { stored: 1, duplicate_near: 1 },
    byEngine: [{ name: 'openverse', hits: 2, unique: 1 }],
  });
  expect(await collectImports(found)).toMatchObject({
    total: { hits: 6, fetched: 4, stored: 3, unique: 3 },
    outcomes: { stored: 3, duplicate_bytes: 1, truncated: 2 },
  });
});

it('tells of no import where there was none', async () => {
  await crawl(['d']);
  expect(await collectImports(await records())).toBeNull();
});
