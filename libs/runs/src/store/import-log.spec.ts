import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listImports, recordImport } from './import-log';

describe('the log of imports', () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(path.join(tmpdir(), 'winnow-imports-'));
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  it('holds the last import of each source of a project, by name', async () => {
    expect(await listImports(state, 'birds')).toEqual([]);
    const record = { project: 'birds', source: 'pics', kind: 'folder', refused: { truncated: 2 } };
    await recordImport(state, record);
    await recordImport(state, { ...record, refused: { truncated: 1 } });
    await recordImport(state, { ...record, source: 'more.csv', kind: 'table' });
    await recordImport(state, { ...record, project: 'cars' });
    writeFileSync(path.join(state, 'imports', 'damaged.json'), '{');
    expect(await listImports(state, 'birds')).toEqual([
      { ...record, source: 'more.csv', kind: 'table' },
      { ...record, refused: { truncated: 1 } },
    ]);
  });

  const about = { project: 'birds', source: 'pics', kind: 'folder', refused: {} };
  const options = { classes: null, projectClasses: null, maxBytes: 9 };
  const from = (location: string, truncated: number) => ({
    ...{ ...about, refused: { truncated } },
    origin: { path: location, options },
  });

  it('tells sources of one name apart by where they lie', async () => {
    for (const record of [from('/y/pics', 1), from('/x/pics', 2), from('/y/pics', 3)])
      await recordImport(state, record);
    expect(await listImports(state, 'birds')).toEqual([from('/x/pics', 2), from('/y/pics', 3)]);
  });

  it('replaces what an earlier version remembered of the same source, by its name alone', async () => {
    await recordImport(state, about);
    const [file = ''] = readdirSync(path.join(state, 'imports'));
    const write = (record: object) => writeFileSync(path.join(state, 'imports', file), JSON.stringify(record));
    write(from('/y/pics', 1));
    await recordImport(state, from('/x/pics', 2));
    expect(await listImports(state, 'birds')).toEqual([from('/x/pics', 2), from('/y/pics', 1)]);
    await recordImport(state, from('/y/pics', 3));
    write(about);
    await recordImport(state, from('/x/pics', 2));
    expect(await listImports(state, 'birds')).toEqual([from('/x/pics', 2), from('/y/pics', 3)]);
  });

  it('passes over damaged records, and over origins that cannot be understood', async () => {
    await recordImport(state, about);
    const damaged = ['null', '[]', '{"project":"birds"}', JSON.stringify({ ...about, refused: { truncated: 'two' } })];
    for (const [index, text] of damaged.entries()) writeFileSync(path.join(state, 'imports', `${index}.json`), text);
    const origins = [null, { path: 'pics' }, { path: 'pics', options: { ...options, maxBytes: 'all' } }];
    for (const [index, origin] of origins.entries()) {
      const record = { ...about, source: `s${index}`, origin };
      writeFileSync(path.join(state, 'imports', `origin-${index}.json`), JSON.stringify(record));
    }
    const found = await listImports(state, 'birds');
    expect(found.map(({ source, origin }) => [source, origin])).toEqual(
      ['pics', 's0', 's1', 's2'].map((source) => [source, undefined]),
    );
  });
});
