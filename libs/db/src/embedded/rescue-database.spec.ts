import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { MIGRATIONS_DIR } from '../database';
import { openDatabase } from '../open-database';
import { rescueDatabase } from './rescue-database';
import type { RescueResult } from './rescue-database';
import { KEPT_TABLES } from './table-chunks';
import { tableCopyFile, writeTableCopy } from './table-copy';

let folder: string;
let stateDir: string;
/** Path of a table's file below the folder of the database. */
let hitsFile: string;

/** Migrations up to the first one. */
function firstMigration(): string {
  const target = path.join(folder, 'migrations');
  cpSync(MIGRATIONS_DIR, target, { recursive: true });
  const file = path.join(target, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { readonly entries: readonly unknown[] };
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
  return target;
}

const ROWS = `
  insert into projects (name) values ('p');
  insert into hits (id, project, class_name, engine, query, page, rank, image_url)
    values ('h', 'p', 'cat', 'e', 'cat', 0, 0, 'http://a/1');
  insert into fetches (project, canonical_url, host, attempts) select 'p', 'http://a/' || n, 'a', 3 from generate_series(1, 5) n;
  insert into images (sha256, size_bytes, mime, width, height) values (repeat('a', 64), 1, 'image/png', 1, 1);
  insert into builds (id, project, digest, input_digest, sample_count, config, counts)
    values ('whole', 'p', 'd', 'i', 0, '{}', '{}');
  insert into splits (id, project, build_id, method, teacher_digest, config, counts)
    values ('s', 'p', 'whole', 'winnow', 't', '{}', '{}')`;

/** A database of the first schema and the copy that a command left beside it. */
async function makeOld(more = ''): Promise<void> {
  mkdirSync(stateDir);
  const client = await PGlite.create({ dataDir: path.join(stateDir, 'db') });
  await migrate(drizzle({ client }), { migrationsFolder: firstMigration() });
  await client.exec(`${ROWS}; ${more}`);
  const { rows } = await client.query<{ file: string }>("select pg_relation_filepath('hits') as file");
  hitsFile = path.join(stateDir, 'db', rows[0]?.file ?? '');
  await writeTableCopy(client, stateDir);
  await client.close();
}

const rescue = (): Promise<RescueResult<null>> =>
  rescueDatabase({ stateDir, holder: 'a spec' }, () => Promise.resolve(null));
const COUNTS = { projects: 1, hits: 1, fetches: 5, images: 1, builds: 1, splits: 1 };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-rescue-db-'));
  stateDir = path.join(folder, 'state');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a database of an earlier schema', () => {
  it('is rescued in full where it is damaged', async () => {
    await makeOld();
    rmSync(hitsFile);
    const result = await rescue();
    expect(result).toMatchObject({ rows: COUNTS, copied: ['hits'], refused: {}, damagedCopy: null });
    const handle = await openDatabase({ stateDir, holder: 'a spec' });
    const { rows } = await handle.executeSql('select distinct attempts, unfinished_tries from fetches');
    await handle.close();
    expect(rows).toEqual([{ attempts: 3, unfinished_tries: 0 }]);
  });

  it('has every page followed again, as rows of its URLs may be lost', async () => {
    await makeOld(`alter table queries add column followed_pages integer not null default 0;
      insert into queries (project, class_name, engine, query, pages, followed_pages) values ('p', 'cat', 'e', 'cat', 3, 3)`);
    rmSync(hitsFile);
    await rescue();
    const handle = await openDatabase({ stateDir, holder: 'a spec' });
    const { rows } = await handle.executeSql('select pages, followed_pages from queries');
    await handle.close();
    expect(rows).toEqual([{ pages: 3, followed_pages: 0 }]);
  });

  it('is rescued in full from the copy alone', async () => {
    await makeOld();
    rmSync(path.join(stateDir, 'db'), { recursive: true });
    const { rows, whole, copied, refused } = await rescue();
    expect({ rows, whole, refused }).toMatchObject({ rows: COUNTS, whole: [], refused: {} });
    expect(copied).toEqual(KEPT_TABLES.filter((name) => name !== 'hosts' && name !== 'embeddings'));
  });

  it.each([
    ['the database', () => rmSync(hitsFile)],
    ['the copy', () => rmSync(path.join(stateDir, 'db'), { recursive: true })],
  ])('loses no more than a table that does not fit: from %s', async (_name, damage) => {
    await makeOld("alter table images add column later text not null default 'x'");
    damage();
    const { rows, copied, whole, refused, damagedCopy } = await rescue();
    expect(rows).toMatchObject({ ...COUNTS, images: 0 });
    expect([...whole, ...copied]).not.toContain('images');
    expect([...whole, ...copied]).toEqual(expect.arrayContaining(['hits', 'fetches', 'splits']));
    expect(refused).toEqual({ images: expect.stringContaining('later') });
    // What the new database could not take is not replaced by its copy.
    expect(readdirSync(stateDir)).toContain(path.basename(damagedCopy ?? ''));
  });
});

it('a copy is not replaced by one of a database with rows that cannot be read', async () => {
  await makeOld();
  const copy = readFileSync(tableCopyFile(stateDir));
  const page = readFileSync(hitsFile);
  writeFileSync(hitsFile, page.fill(0xff, 8, 24));
  const client = await PGlite.create({ dataDir: path.join(stateDir, 'db') });
  await expect(writeTableCopy(client, stateDir)).rejects.toMatchObject({
    code: 'DATABASE_DAMAGED',
    message: expect.stringContaining('1 pages of the table hits cannot be read') as unknown,
  });
  await client.close();
  expect(readFileSync(tableCopyFile(stateDir)).equals(copy)).toBe(true);
});

describe('a copy that is not whole', () => {
  beforeEach(async () => {
    const long = 'select md5(n::text) || md5((-n)::text)';
    await makeOld(`
      insert into forgotten (project, kind, value) ${long.replace('select', "select 'p', 'url',")} from generate_series(1, 500) n;
      insert into images (sha256, size_bytes, mime, width, height)
        ${long}, 1, 'image/png', 1, 1 from generate_series(1, 3000) n`);
    rmSync(path.join(stateDir, 'db'), { recursive: true });
  });

  it('tells how far it was read where it is cut', async () => {
    const copy = tableCopyFile(stateDir);
    truncateSync(copy, Math.floor(readFileSync(copy).length * 0.6));
    const { rows, copied, damagedCopy } = await rescue();
    expect(rows).toMatchObject({ projects: 1, images: 0, splits: 0 });
    expect(copied).toContain('projects');
    expect(copied).toEqual(KEPT_TABLES.slice(0, copied.length + 1).filter((name) => name !== 'hosts'));
    for (const table of ['images', 'exclusions', 'splits', 'split_samples']) expect(copied).not.toContain(table);
    expect(damagedCopy).not.toBeNull();
  });

  it('trusts no table of one whose bytes were changed', async () => {
    const copy = tableCopyFile(stateDir);
    const bytes = readFileSync(copy);
    // The checksum at the end.
    bytes.fill(0xff, bytes.length - 8, bytes.length - 4);
    writeFileSync(copy, bytes);
    const { rows, copied, damagedCopy } = await rescue();
    expect(rows).toMatchObject({ projects: 1, hits: 1 });
    expect(copied).toEqual([]);
    expect(damagedCopy).not.toBeNull();
  });
});
