import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
});
