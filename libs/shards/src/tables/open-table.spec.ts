import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { findColumn } from './find-column';
import { isTableFile, openTable } from './open-table';
import { openParquet } from './parquet-table';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-table-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
async function read(file: string, columns?: readonly string[]) {
  const table = await openTable(file);
  const rows: Record<string, unknown>[] = [];
  for await (const row of table.rows(columns)) rows.push(Object.fromEntries(row));
  return { columns: table.columns, rows };
}

/** Found by fuzzing: a page without a size, at which the reader stays for ever. */
const ENDLESS_PARQUET =
  'UEFSMRUGFToVOlwVBhUAFQYVABUEFQAAAAMHBQAAAGEuanBnBQAAAGIuanBnBQAAAGMuanBnFQYVNhU2XBUGFQAVBhUAABUEFQAA' +
  'AAMHBQAAAHJvYmluBQAAAHJvYmluAwAAAHRpdBUGFRwVHFwVBhUAFQYVABUEFQAAAAMHAAAAAAAAAAABAAAAFQQZTEgEcm9vdBUG' +
  'ABUMJQIYBHBhdGglAAAVDCUCGAVjbGFzcyUAABUCJQIYA2NscwAWBhkcGTwmCBwVDBkVABkYBHBhdGgVABYGFmQWZCYIPDYAKAVj' +
  'LmpwZxgFYS5qcGcAGRwVBhUAFQIAAAAmbBwVDBkVABkYBWNsYXNzFQAWBhZgFmAmbDw2ACgDdGl0GAVyb2JpbgAZHBUGFQAVAgAA' +
  'ACbMARwVAhkVABkYA2NscxUAFgYWRhZGJswBPDYAKAQBAAAAGAQAAAAAABkcFQYVABUCAAAAFooCFgY2igIAKAloeXBhcnF1ZXQZ' +
  'PBwAABwAABwAAAD4AAAAUEFSMQ==';

describe('openTable', () => {
  it('reads CSV with quotes, line breaks in fields, a byte-order mark and short rows', async () => {
    const file = write('a.csv', '\ufeffpath,label\r\n"a ""1"", b.jpg","two\nlines"\r\n\r\nc.jpg\r\n');
    expect(await read(file)).toEqual({
      columns: ['path', 'label'],
      rows: [
        { path: 'a "1", b.jpg', label: 'two\nlines' },
        { path: 'c.jpg', label: '' },
      ],
    });
    expect((await read(write('a.tsv', 'path\tlabel\na,b\tc\n'))).rows).toEqual([{ path: 'a,b', label: 'c' }]);
  });

  it('reads a CSV of 100,000 columns, and finds the name that stands twice', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `c${index}`);
    const file = write('wide.csv', `${names.join(',')}\n${names.join(',')}\nshort\n`);
    expect((await read(file, ['c99999', 'c0'])).rows).toEqual([
      { c99999: 'c99999', c0: 'c0' },
      { c99999: '', c0: 'short' },
    ]);
    await expect(read(write('twice.csv', `${names.join(',')},c7\n`))).rejects.toMatchObject({
      message: 'Two columns are named "c7"',
    });
  });

  it('reads JSONL: the columns are those of the first rows', async () => {
    const file = write('a.jsonl', '{"path":"a","label":1}\n\n{"label":null,"url":"u","__proto__":7}');
    const { columns, rows } = await read(file);
    expect(columns).toEqual(['path', 'label', 'url', '__proto__']);
    expect(rows[0]).toEqual({ path: 'a', label: 1 });
    expect(rows).toHaveLength(2);
  });

  it('reads Parquet over several row groups, only the columns asked for', async () => {
    const columnData = [
      { name: 'path', data: ['a', 'b', 'c'], type: 'STRING' as const },
      { name: 'label', data: [2n, 0n, 1n], type: 'INT64' as const },
      { name: 'other', data: ['x', 'y', 'z'], type: 'STRING' as const },
    ];
    const file = write('a.parquet', new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 })));
    expect(await read(file, ['label', 'path'])).toEqual({
      columns: ['path', 'label', 'other'],
      rows: [
        { path: 'a', label: 2 },
        { path: 'b', label: 0 },
        { path: 'c', label: 1 },
      ],
    });
  });

  it('keeps ids in Parquet that are no numbers of JavaScript as they are', async () => {
    const ids = [1n, 9007199254740992n, 9007199254740993n, 9223372036854775807n];
    const columnData = [{ name: 'class', data: ids, type: 'INT64' as const }];
    const file = write('ids.parquet', new Uint8Array(parquetWriteBuffer({ columnData })));
    const { rows } = await read(file);
    expect(rows.map((row) => row['class'])).toEqual([1, ...ids.slice(1).map(String)]);
  });

  it.each([
    ['an open quote', 'a.csv', 'path,label\na,b\n"c,d\n', /line 4|line 3/],
    ['no header', 'b.csv', '', /b\.csv/],
    ['a line that is no object', 'c.jsonl', '{"a":1}\n[2]\n', /line 2/],
    ['a table of no lines', 'e.jsonl', '\n', /e\.jsonl/],
    ['two columns of one name', 'f.csv', 'path,label,path\na,b,c\n', /line 1/],
    ['another encoding', 'g.csv', Buffer.from('path,label\n"a\nb",c\n\xfcber,c\n', 'latin1'), /line 4/],
    ['another encoding at the end', 'h.csv', Buffer.from('path,label\na,\xfc', 'latin1'), /line 2/],
    ['no Parquet', 'd.parquet', 'PAR1 this is none PAR1', /d\.parquet/],
    ['another kind of file', 'e.txt', 'path,label\n', /e\.txt/],
  ])('says where it stops at %s', async (_, name, content, where) => {
    await expect(read(write(name, content))).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: expect.stringMatching(where),
    });
  });

  it('reads characters that lie across pieces of the file', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `ü€😀${index},a`);
    const { rows } = await read(write('long.csv', `path,label\n${lines.join('\n')}`));
    expect(rows.map(({ path: name, label }) => `${String(name)},${String(label)}`)).toEqual(lines);
  });

  it('tells of bad lines instead of ending, where that is asked for', async () => {
    const table = await openTable(write('bad.jsonl', '\ufeff{"a":1}\n{\n{"a":2}\n7\n'));
    const seen: unknown[] = [];
    for await (const row of table.rows(['a'], ({ location }) => seen.push(location))) seen.push(row.get('a'));
    expect(seen).toEqual([1, 'line 2', 2, 'line 4']);
  });

  it('refuses JSONL with a line that never ends', async () => {
    const file = write('endless.jsonl', `{"a":1}\n{"a":"${'x'.repeat(17_000_000)}"}\n`);
    await expect(read(file)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: file,
      message: 'A line is longer than 16000000 characters',
    });
  });

  it('refuses Parquet that states more rows than its bytes can hold', async () => {
    const columnData = [{ name: 'a', data: Array.from({ length: 100_000 }, () => null), type: 'STRING' as const }];
    const file = write('bomb.parquet', new Uint8Array(parquetWriteBuffer({ columnData })));
    await expect(read(file)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringContaining('do not hold 100000 rows'),
    });
  });

  it('ends the reading of Parquet whose page states more values than can be read in time', async () => {
    const table = await openParquet(write('endless.parquet', Buffer.from(ENDLESS_PARQUET, 'base64')), 1000);
    await expect(table.rows()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: 'The Parquet file cannot be read: it takes more than 2 s',
    });
  });

  it('says that a file is missing', async () => {
    await expect(read(path.join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(['a.CSV', 'b.parquet', 'c.tar', 'toString'].map(isTableFile)).toEqual([true, true, false, false]);
  });
});

it('findColumn takes the surest of the usual names, whatever their case', () => {
  expect(findColumn(['image', 'Label', 'class'], 'class')).toBe('class');
  expect(findColumn(['image', 'Label'], 'class')).toBe('Label');
  expect(findColumn(['image', 'Label'], 'path')).toBe('image');
  expect(findColumn(['image', 'Label'], 'url')).toBeUndefined();
});
