import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadCorrections } from './load-corrections';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-corrections-'));
  file = path.join(folder, 'corrections.csv');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string, classes = ['bag', 'coat']) => {
  writeFileSync(file, text);
  return loadCorrections(file, classes);
};

describe('loadCorrections', () => {
  it('reads classes and open images, whatever the order of columns, and passes over what is not decided', async () => {
    const rows = await load(
      '\ufeffclass,url,picture\r\ncoat,http://x/1,a\r\n,,b\r\nopen,,http://x/3\n?,,d\n"bag",, e \ncoat,,a\n',
    );
    expect(rows).toEqual([
      { picture: 'a', className: 'coat', line: 2, cells: ['coat', 'http://x/1', 'a'] },
      { picture: 'b', className: null, line: 3, cells: ['', '', 'b'] },
      { picture: 'http://x/3', className: null, line: 4, cells: ['open', '', 'http://x/3'] },
      { picture: 'e', className: 'bag', line: 6, cells: ['bag', '', ' e '] },
    ]);
  });

  it('gives rows of classes that the project does not have beside the others, and lets them contradict nothing', async () => {
    expect(await load('picture,class\na,shoe\na,bag\na,shoe\nb,shoe\n')).toMatchObject([
      { picture: 'a', className: 'shoe', line: 2 },
      { picture: 'a', className: 'bag', line: 3 },
      { picture: 'b', className: 'shoe', line: 5 },
    ]);
  });

  it('takes a class named open for a class', async () => {
    expect(await load('picture,class\na,open\nb,\n', ['open', 'shut'])).toMatchObject([
      { className: 'open' },
      { className: null },
    ]);
  });

  it.each([
    ['picture,class\na,bag\nb,bag\na,coat\n', 'line 4', 'line 2'],
    ['picture,class\na,bag\na,\n', 'line 3', 'line 2'],
    ['picture,class\n ,bag\n', 'line 2', 'no image'],
    // Cut short, the image would be open.
    ['picture,class\na,bag\nb\n', 'line 3', 'ends before its class'],
    ['picture,class\na,bag\n000000042,coat\n', 'line 3', 'number of a sample'],
    // As a spreadsheet saves it.
    ['picture,class\n42,coat\n', 'line 2', 'number of a sample'],
    ['image;class\na;bag\n', 'line 1', 'columns picture and class'],
    ['picture,class\n"a,bag\n', 'line', 'no CSV'],
    ['', 'line 1', 'columns'],
  ])('refuses %j and names the line', async (text, where, message) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: expect.stringContaining(where) as string,
      message: expect.stringContaining(message) as string,
    });
  });

  it('passes over lines that are not decided, whatever names their image', async () => {
    expect(await load('picture,class\n000000042,?\n')).toEqual([]);
  });

  it('takes the sign off a cell that a spreadsheet would compute', async () => {
    const classes = ['=1+1', '@home', "'=1", "'quoted"];
    const rows = await load(`picture,class\na,'=1+1\n'-b,'@home\nc,''=1\nd,'quoted\ne,=1+1\n`, classes);
    expect(rows.map(({ picture: image, className }) => [image, className])).toEqual([
      ['a', '=1+1'],
      ['-b', '@home'],
      ['c', "'=1"],
      ['d', "'quoted"],
      ['e', '=1+1'],
    ]);
  });

  it('refuses a file that is missing, a folder, or absurdly large, before it is read', async () => {
    await expect(loadCorrections(path.join(folder, 'none.csv'), [])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(loadCorrections(folder, [])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    writeFileSync(file, '');
    truncateSync(file, 2 ** 36);
    await expect(loadCorrections(file, [])).rejects.toMatchObject({ message: expect.stringContaining('larger') });
  });
});
