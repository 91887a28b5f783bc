import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describePassedOver } from '@winnow/config';
import { saveBuild, storeDecisions } from '@winnow/db';
import type { Database } from '@winnow/db';
import { createTestDatabase, recordTestCrawl } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { describeUnread, loadPoolCorrections, matchCorrections } from './corrections';

const line = (image: string, className: string | null, at: number) => ({
  picture: image,
  className,
  line: at,
  cells: [],
});
const pool = {
  images: { keys: ['000000000', '000000001', '000000002'], classes: ['owl', 'wren'] },
  provenance: [[{ imageUrl: 'http://x.test/a' }], [{ imageUrl: 'http://x.test/a' }], []],
  sha256: ['a1', 'b2', 'c3'],
} as never;
const match = (rows: ReturnType<typeof line>[]) => matchCorrections({ file: 'f.csv', rows }, pool);

describe('matchCorrections', () => {
  it('finds images by sha256 and by every address, and none by the number of its sample', () => {
    const lines = [line('c3', 'wren', 2), line('http://x.test/a', null, 3), line('000000002', 'owl', 4)];
    const { applied, unknown } = match(lines);
    expect(applied).toEqual([
      { row: 0, truth: 'open' },
      { row: 1, truth: 'open' },
      { row: 2, truth: 1 },
    ]);
    expect(unknown).toEqual([lines[2]]);
  });

  it('applies what is said of a file that was folded to what stands for it', () => {
    const copies = new Map([['c3', ['d4', 'e5']]]);
    const rows = [line('d4', 'wren', 2), line('a1', 'owl', 3)];
    const { applied, unknown } = matchCorrections({ file: 'f.csv', rows }, { ...(pool as object), copies } as never);
    expect(applied).toEqual([
      { row: 0, truth: 0 },
      { row: 2, truth: 1 },
    ]);
    expect(unknown).toEqual([]);
  });

  it('goes on where lines on copies of one image disagree', () => {
    const copies = new Map([['c3', ['d4', 'e5']]]);
    const rows = [line('d4', 'wren', 2), line('e5', null, 3), line('a1', 'owl', 4)];
    const found = matchCorrections({ file: 'f.csv', rows }, { ...(pool as object), copies } as never);
    expect(found).toMatchObject({ applied: [{ row: 0, truth: 0 }], unknown: [] });
    expect(describePassedOver(found)).toEqual([
      'Corrections of copies of one image that disagree, so that none holds: line 2, line 3. Decide on the image itself.',
    ]);
  });
});

describe('loadPoolCorrections', () => {
  const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
  let database: TestDatabase;
  let root: string;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.reset();
    root = mkdtempSync(path.join(tmpdir(), 'winnow-corrections-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Of the pool, by a project with such a section `split`. */
  const load = async (split: object) => {
    const config = { name: 'p', classes: [{ name: 'owl' }, { name: 'wren' }], split, paths: { root } };
    const withDatabase = <Value>(work: (open: Database) => Promise<Value>) => work(database.db);
    const { log: _log, ...told } = await loadPoolCorrections({ config, withDatabase } as never, { id: 'b' }, pool);
    return told;
  };
  let lines = 0;
  const say = (person: string, sha256: string, says: string, origin: 'one' | 'measure' = 'one') => {
    lines += 1;
    const line = { id: uuid(lines), batch: uuid(lines), sha256, says, origin };
    return storeDecisions(database.db, { project: 'p', person, at: new Date(0) }, [line]);
  };

  it('reads the same of a file and of the database, and undecided images from neither', async () => {
    writeFileSync(path.join(root, 'f.csv'), 'picture,class\na1,wren\nb2,open\nc3,?\n');
    const ofFile = await load({ corrections: 'f.csv' });
    expect(await load({})).toMatchObject({ applied: [], digest: null });
    await say('anna', 'a1', 'class:wren');
    await say('ben', 'b2', 'open');
    await say('anna', 'c3', 'class:owl');
    await say('ben', 'c3', 'class:wren');
    await say('ben', 'elsewhere', 'open');
    const ofDatabase = await load({});
    expect(ofDatabase).toEqual(ofFile);
    expect(await load({ corrections: 'f.csv' })).toEqual(ofFile);
    expect(await load({ decisions: false })).toMatchObject({ applied: [], digest: null });
  });

  it('fails where file and database contradict each other, and names both', async () => {
    writeFileSync(path.join(root, 'f.csv'), 'picture,class\nb2,open\nhttp://x.test/a,wren\n');
    await say('anna', 'a1', 'class:owl');
    await say('ben', 'a1', 'class:owl');
    await expect(load({ corrections: 'f.csv' })).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: 'The file says wren of an image, and the decision of anna and ben in the database says owl',
      where: `${path.join(root, 'f.csv')}, line 3; image a1`,
    });
    writeFileSync(path.join(root, 'f.csv'), 'picture,class\na1,open\n');
    await expect(load({ corrections: 'f.csv' })).rejects.toMatchObject({
      message: expect.stringMatching(/^The file says none of the classes of an image/),
    });
    expect((await load({ corrections: 'f.csv', decisions: false })).applied).toEqual([{ row: 0, truth: 'open' }]);
  });

  it('tells those that were drawn to measure the split from the others', async () => {
    await say('anna', 'a1', 'class:owl', 'measure');
    await say('anna', 'b2', 'open', 'measure');
    await say('ben', 'b2', 'open');
    const { applied, measured } = await load({});
    expect([applied.map(({ row }) => row), [...measured]]).toEqual([[0, 1], [0]]);
  });

  it('finds what stands for a folded file in what the build left out', async () => {
    const { db } = database;
    await recordTestCrawl(db, 'p', []);
    const record = { id: 'b', project: 'p', digest: 'd', inputDigest: 'i', sampleCount: 0, config: {}, counts: {} };
    const folded = { className: 'owl', outcome: 'duplicate_near' as const, keptSha256: 'c3', detail: null };
    await saveBuild(db, record, { samples: [], exclusions: [{ sha256: 'd4', ...folded }] });
    writeFileSync(path.join(root, 'f.csv'), 'picture,class\nd4,wren\nc3,owl\n');
    const found = await load({ corrections: 'f.csv' });
    expect(found).toMatchObject({ applied: [{ row: 2, truth: 0 }], unknown: [] });
    expect(describePassedOver(found)).toMatchObject([expect.stringContaining('line 2 (line 3 holds)')]);
    writeFileSync(path.join(root, 'f.csv'), 'picture,class\nd4,wren\n');
    expect((await load({ corrections: 'f.csv' })).applied).toEqual([{ row: 2, truth: 1 }]);
  });
});

describe('corrections of classes that the project does not have', () => {
  it('are passed over and counted; what is said of the image since holds', () => {
    const lines = [line('a1', 'kite', 2), line('a1', 'owl', 3), line('b2', 'kite', 4), line('c3', 'crow', 5)];
    const found = match(lines);
    expect(found).toMatchObject({ applied: [{ row: 0, truth: 0 }], unknown: [] });
    expect(found.digest).toBe(match([line('a1', 'owl', 2)]).digest);
    expect(describePassedOver(found)).toEqual([
      '3 corrections name classes that the project does not have ("kite" 2, "crow" 1; the first in line 2): passed over.',
    ]);
    expect(describePassedOver(match(lines.slice(3)))).toEqual([
      '1 correction names a class that the project does not have ("crow" 1; the first in line 5): passed over.',
    ]);
  });
});

describe('describeUnread', () => {
  it('names the methods that corrections do change', () => {
    expect(describeUnread(['simkd'], ' (train.method)')[0]).toMatch(
      /^simkd \(train\.method\) does not read what a person decides: corrections change only .*ce.*the card\.$/,
    );
    expect(describeUnread(['simkd', 'modul', 'kd3'])[0]).toMatch(/^simkd, kd3 do not read what a person decides/);
    expect(describeUnread(['modul', 'kd-known', 'ce', 'kd', 'dist', 'fitnet', 'dfnd'])).toEqual([]);
  });
});
