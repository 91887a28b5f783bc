import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTruth } from './load-truth';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-truth-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string) => {
  writeFileSync(path.join(folder, 'truth.csv'), text);
  return loadTruth(path.join(folder, 'truth.csv'), ['bag', 'coat']);
};

describe('loadTruth', () => {
  it('reads rows by URL, in any order of columns; an empty class is open', async () => {
    const rows = await load('kind,true,source,imageUrl\nclean,bag,p1,http://x/1\r\nopen,,p2,http://x/2\n');
    expect([...rows]).toEqual([
      ['http://x/1', { source: 'p1', trueClass: 'bag' }],
      ['http://x/2', { source: 'p2', trueClass: null }],
    ]);
  });

  it('names the line of an unknown class, a missing column and a missing file', async () => {
    await expect(load('imageUrl,source,true\nhttp://x/1,p,shoe\n')).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: expect.stringContaining('line 2'),
    });
    await expect(load('imageUrl,source\n')).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(loadTruth(path.join(folder, 'none.csv'), [])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
