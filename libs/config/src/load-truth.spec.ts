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

describe('loadTruth of a world', () => {
  const world = { name: 'web 7', classes: ['bag', 'coat'], size: 32, images: ['a.tar'], pool: 'truth.csv' };
  const loadPool = (text: string) => {
    writeFileSync(path.join(folder, 'world.json'), JSON.stringify(world));
    return load(text);
  };

  it('reads a pool by the URLs under which its images are imported; no two are copies', async () => {
    const rows = await loadPool(
      'path,source,given,true,kind\nt/1.jpg,c,bag,bag,clean\nt/2.jpg,c,bag,coat,closed\n"o/3, 4.jpg",i,bag,open,open\no/5.jpg,i,coat,,open\n',
    );
    expect([...rows]).toEqual([
      ['world:web%207/t/1.jpg', { source: 't/1.jpg', trueClass: 'bag' }],
      ['world:web%207/t/2.jpg', { source: 't/2.jpg', trueClass: 'coat' }],
      ['world:web%207/o/3%2C%204.jpg', { source: 'o/3, 4.jpg', trueClass: null }],
      ['world:web%207/o/5.jpg', { source: 'o/5.jpg', trueClass: null }],
    ]);
  });

  it('refuses an unknown class that is not open, and a pool without its world', async () => {
    await expect(loadPool('path,given,true,kind\nx.jpg,bag,shoe,closed\n')).rejects.toMatchObject({
      where: expect.stringContaining('line 2'),
    });
    rmSync(path.join(folder, 'world.json'));
    await expect(load('path,given,true,kind\nx.jpg,bag,bag,clean\n')).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      next: expect.stringContaining('world.json'),
    });
  });

  it('takes quoted fields, and names the line of a quote that does not end', async () => {
    expect([...(await load('imageUrl,source,true\n"http://x/a,b","p ""1""",bag\n'))]).toEqual([
      ['http://x/a,b', { source: 'p "1"', trueClass: 'bag' }],
    ]);
    await expect(load('imageUrl,source,true\n"http://x/a,b,bag\n')).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });
});
