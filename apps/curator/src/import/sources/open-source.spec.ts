import { execFileSync } from 'node:child_process';
import { realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { SourceOptions } from '@winnow/contracts';
import { buildDigest } from '@winnow/shards';
import { itWhereShared, sharedPath, tarBytes } from '@winnow/testing';
import { openSource } from './open-source';
import { scratchFolder } from '../spec-support/scratch-folder';
import type { ScratchFolder } from '../spec-support/scratch-folder';

let folder: ScratchFolder;
beforeEach(() => {
  folder = scratchFolder();
});
afterEach(() => folder.remove());

async function read(source: string, options: Partial<SourceOptions> = {}) {
  const opened = await openSource(source, { classes: null, projectClasses: null, maxBytes: 1000, ...options });
  const items: unknown[] = [];
  for await (const { location, rank, className, facts, read: bytesOf, refusal } of opened.items()) {
    const image = refusal ?? (bytesOf === null ? null : await bytesOf());
    const content = image === null ? 'due' : image.ok ? Buffer.from(image.bytes).toString() : image.outcome;
    items.push([rank, location, className, content, ...(Object.keys(facts).length === 0 ? [] : [facts])]);
  }
  return { kind: opened.kind, name: opened.name, classes: await opened.classes(), items };
}

describe('openSource', () => {
  it('reads a folder per class, at any depth, in code-unit order', async () => {
    folder.write('set/dog/2.jpg', 'd2');
    folder.write('set/dog/10.jpg', 'd10');
    folder.write('set/Cat/in/1.jpg', 'c1');
    folder.write('set/Cat/.hidden', 'x');
    folder.write('set/readme.txt', 'x');
    expect(await read(path.join(folder.path, 'set'))).toEqual({
      kind: 'folder',
      name: 'set',
      classes: ['Cat', 'dog'],
      items: [
        [1, 'Cat/in/1.jpg', 'Cat', 'c1'],
        [2, 'dog/10.jpg', 'dog', 'd10'],
        [3, 'dog/2.jpg', 'dog', 'd2'],
      ],
    });
  });

  it('does not leave the folder, open pipes or read what is too large', async () => {
    folder.write('secret.jpg', 'secret');
    folder.write('set/a/0.jpg', 'x');
    folder.write('set/a/large.jpg', 'x'.repeat(1001));
    symlinkSync(path.join(folder.path, 'secret.jpg'), path.join(folder.path, 'set/a/link.jpg'));
    symlinkSync(folder.path, path.join(folder.path, 'set/a/loop'));
    symlinkSync('0.jpg', path.join(folder.path, 'set/a/same.jpg'));
    execFileSync('mkfifo', [path.join(folder.path, 'set/a/pipe.jpg')]);
    const { items } = await read(path.join(folder.path, 'set'));
    expect(items).toEqual([
      [1, 'a/0.jpg', 'a', 'x'],
      [2, 'a/large.jpg', 'a', 'too_large'],
      [3, 'a/link.jpg', 'a', 'address_refused'],
      [4, 'a/loop', 'a', 'address_refused'],
      [5, 'a/pipe.jpg', 'a', 'not_an_image'],
      [6, 'a/same.jpg', 'a', 'x'],
    ]);
  });

  it('reads a table of paths; path tricks are refused row by row', async () => {
    folder.write('secret.jpg', 'secret');
    folder.write('set/1.jpg', 'one');
    const rows = [
      '1.jpg,cat,A title,CC BY 4.0,http://x/1.jpg',
      '../secret.jpg,cat,,,',
      '/etc/hostname,dog,,,',
      'in/../../secret.jpg,dog,,,',
      'none.jpg,dog,,,',
      ',dog,,,',
      '1.jpg,,,,',
    ];
    folder.write('set/list.csv', `file_name,label,title,license,url\n${rows.join('\n')}\n`);
    expect(await read(path.join(folder.path, 'set/list.csv'))).toEqual({
      kind: 'table',
      name: 'list.csv',
      classes: ['cat', 'dog'],
      items: [
        [1, '1.jpg', 'cat', 'one', { url: 'http://x/1.jpg', title: 'A title', license: 'CC BY 4.0' }],
        [2, '../secret.jpg', 'cat', 'address_refused'],
        [3, '/etc/hostname', 'dog', 'address_refused'],
        [4, 'in/../../secret.jpg', 'dog', 'address_refused'],
        [5, 'none.jpg', 'dog', 'gone'],
        [6, '', 'dog', 'empty_body'],
        [7, '1.jpg', null, 'one'],
      ],
    });
  });

  it('reads a table of URLs, with classes by number and columns that the person names', async () => {
    const table = folder.write('urls.jsonl', '{"where":"http://x/1","kind":1}\n{"where":"http://x/2","kind":"a b"}\n');
    const options = { classColumn: 'kind', urlColumn: 'where', name: 'mine', classes: ['x', 'y'] };
    expect(await read(table, options)).toEqual({
      kind: 'table',
      name: 'mine',
      classes: ['x', 'y', 'a b'],
      items: [
        [1, 'http://x/1', 'y', 'due', { url: 'http://x/1' }],
        [2, 'http://x/2', 'a b', 'due', { url: 'http://x/2' }],
      ],
    });
    const numbers = folder.write('numbers.jsonl', '{"where":"http://x/1","kind":1}\n');
    await expect(read(numbers, { ...options, classes: ['x'] })).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(read(table, { ...options, classes: null })).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      next: expect.stringContaining('--classes'),
    });
    await expect(read(table, { ...options, classColumn: 'none' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(read(table, { urlColumn: 'where' })).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });

  it('reads WebDataset tars: .cls by number or name, several tars in order', async () => {
    folder.write('wds/b.tar', tarBytes({ '1.jpg': 'b1', '1.cls': 'dog', '2.txt': 'no image', '2.cls': '0' }));
    folder.write('wds/a.tar', tarBytes({ './x.y/7.JPG': 'a7', './x.y/7.cls': ' 1\n', '8.cls': '0', '8.png': 'a8' }));
    expect(await read(path.join(folder.path, 'wds'), { projectClasses: ['cat', 'dog'] })).toEqual({
      kind: 'webdataset',
      name: 'wds',
      classes: ['cat', 'dog'],
      items: [
        [1, 'a.tar/x.y/7', 'dog', 'a7'],
        [2, 'a.tar/8', 'cat', 'a8'],
        [3, 'b.tar/1', 'dog', 'b1'],
        [3, 'b.tar/2', 'cat', 'format_refused'],
      ],
    });
  });

  it('reads a tar of CLASS/NAME, whatever folders lie around the classes', async () => {
    const members = ['flowers/README', 'flowers/daisy/1.jpg', 'flowers/daisy/2.jpg', 'flowers/rose/in/1.png'];
    const tar = folder.write('flowers.tar', tarBytes(Object.fromEntries(members.map((name) => [name, name]))));
    const { classes, items } = await read(tar);
    expect(classes).toEqual(['daisy', 'rose']);
    expect(items).toEqual([
      [0, 'flowers.tar/flowers/README', null, 'format_refused'],
      [1, 'flowers.tar/flowers/daisy/1', 'daisy', 'flowers/daisy/1.jpg'],
      [2, 'flowers.tar/flowers/daisy/2', 'daisy', 'flowers/daisy/2.jpg'],
      [3, 'flowers.tar/flowers/rose/in/1', 'rose', 'flowers/rose/in/1.png'],
    ]);
    // As screenshots are named: a key ends at the first dot.
    const names = ['a/shot 10.15.30.png', 'a/shot 10.22.11.png', 'a/x.jpg', 'a/x.png', 'b/1.png'];
    const dotted = folder.write('dots.tar', tarBytes(Object.fromEntries(names.map((name) => [name, name]))));
    expect((await read(dotted)).items).toEqual([
      [1, 'dots.tar/a/shot 10', 'a', names[0]],
      [2, 'dots.tar/a/shot 10.22.11', 'a', names[1]],
      [3, 'dots.tar/a/x', 'a', names[2]],
      [4, 'dots.tar/a/x.png', 'a', names[3]],
      [5, 'dots.tar/b/1', 'b', names[4]],
    ]);
    const parts = tarBytes({ 'set/train/a/1.jpg': 'x', 'set/val/a/1.jpg': 'x' });
    await expect(read(folder.write('parts.tar', parts))).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: 'The folders are parts of a set, not classes: train, val',
    });
  });

  it('takes paths of a table from the folder that the person names, and from nowhere outside it', async () => {
    const [list, image] = [path.join(folder.path, 'lists'), folder.write('pics/x.jpg', 'x')];
    folder.write('secret.jpg', 'secret');
    const table = `path,class\n../pics/x.jpg,a\nx.jpg,a\n${image},a\n../secret.jpg,a\n${folder.path}/secret.jpg,a\n`;
    const source = folder.write('lists/t.csv', table);
    const outcomes = async (options: Partial<SourceOptions>): Promise<unknown> =>
      (await read(source, options)).items.map((item) => (item as readonly unknown[])[3]);
    expect(await outcomes({ root: path.join(folder.path, 'pics') })).toEqual([
      ...['x', 'x', 'x', 'address_refused', 'address_refused'],
    ]);
    expect(await outcomes({})).toEqual(['address_refused', 'gone', ...Array<string>(3).fill('address_refused')]);
    await expect(read(source, { root: path.join(list, 'none') })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(read(path.join(folder.path, 'pics'), { root: list })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('takes a root by a link, where the table names its real folder or the link, and says what leads out of it', async () => {
    const real = realpathSync(folder.path);
    folder.write('pics/x.jpg', 'x');
    symlinkSync(path.join(real, 'pics'), path.join(real, 'link'), 'junction');
    const table = `path,class\n${real}/pics/x.jpg,a\n${real}/link/x.jpg,a\n../pics/x.jpg,a\n${real}/y.jpg,a\n`;
    folder.write('lists/t.csv', table);
    const source = path.join(real, 'lists/t.csv');
    const root = path.join(real, 'link');
    const contents = (await read(source, { root })).items.map((item) => (item as readonly unknown[])[3]);
    expect(contents).toEqual(['x', 'x', 'x', 'address_refused']);
    const details: unknown[] = [];
    for (const options of [{ root }, {}]) {
      const opened = await openSource(source, { classes: null, projectClasses: null, maxBytes: 1000, ...options });
      for await (const item of opened.items()) if (item.rank === 4) details.push(await item.read?.());
    }
    expect(details).toMatchObject([
      { detail: 'the path leads out of the folder that --root names' },
      { detail: 'the path leads out of the folder of the table; --root names another folder' },
    ]);
  });

  it('takes the class names of a data set of winnow, in their order', async () => {
    const members = {
      '1.jpg': 'one',
      '1.cls': '0',
      '1.json': '{"provenance":[{"imageUrl":"http://x/1","license":"by"}]}',
    };
    folder.write('set/train-000000.tar', tarBytes(members));
    const set = {
      format: 'winnow-dataset-v1',
      name: 'set',
      createdBy: 'winnow',
      classes: ['dog', 'cat'],
      shards: [],
      samples: 0,
      config: null,
    };
    const digest = buildDigest({ shards: [] }, null);
    folder.write('set/dataset.json', JSON.stringify({ ...set, digest }));
    expect(await read(path.join(folder.path, 'set'))).toMatchObject({
      classes: ['dog', 'cat'],
      items: [[1, 'train-000000.tar/1', 'dog', 'one', { url: 'http://x/1', license: 'by' }]],
    });
  });

  const META = {
    url: 'http://x/1.jpg',
    caption: 'a small cat',
    label: 'cat',
    license: 'by',
    key: '000000000',
    status: 'success',
  };
  const FACTS = { url: 'http://x/1.jpg', title: 'a small cat', license: 'by' };

  it('reads what img2dataset writes as tars and as files', async () => {
    const members = { '000000000.jpg': 'one', '000000000.txt': META.caption, '000000000.json': JSON.stringify(META) };
    folder.write('tars/00000.tar', tarBytes(members));
    folder.write('tars/00000.parquet', 'not read');
    expect(await read(path.join(folder.path, 'tars'))).toEqual({
      kind: 'img2dataset',
      name: 'tars',
      classes: ['cat'],
      items: [[1, '00000.tar/000000000', 'cat', 'one', FACTS]],
    });
    for (const [name, content] of Object.entries(members)) folder.write(`files/00000/${name}`, content);
    folder.write('files/00000.parquet', 'not read');
    folder.write('files/00000_stats.json', '{"count":1}');
    const files = path.join(folder.path, 'files');
    expect(await read(files)).toMatchObject({ kind: 'img2dataset', classes: ['cat'] });
    expect((await read(files, { classColumn: 'caption' })).items).toEqual([
      [1, '00000/000000000', 'a small cat', 'one', FACTS],
    ]);
  });

  const WORLD = { name: 'w', classes: ['x', 'y'], size: 16, images: ['../far.tar', 'near.tar'], pool: 'pool.csv' };

  it('reads the pool of a world: given labels, rows by their number, nothing of the truth', async () => {
    folder.write('far.tar', tarBytes({ 't/1.jpg': 'one', 't/2.jpg': 'two', 'other.jpg': 'x' }));
    folder.write('w/near.tar', tarBytes({ 't/1.jpg': 'another', 'o/3.jpg': 'three' }));
    folder.write('w/world.json', JSON.stringify(WORLD));
    const rows = ['o/3.jpg,i,x,open,open', 't/1.jpg,c,y,x,closed', '../far.tar,c,x,x,clean', 't/9.jpg,c,x,x,clean'];
    folder.write('w/pool.csv', `path,source,given,true,kind\n${rows.join('\n')}\nt/1.jpg,c,x,x,clean\n`);
    expect(await read(path.join(folder.path, 'w'))).toEqual({
      kind: 'world',
      name: 'w',
      classes: ['x', 'y'],
      items: [
        [2, 't/1.jpg', 'y', 'one'],
        [5, 't/1.jpg', 'x', 'one'],
        [1, 'o/3.jpg', 'x', 'three'],
        [3, '../far.tar', 'x', 'address_refused'],
        [4, 't/9.jpg', 'x', 'gone'],
      ],
    });
    await expect(read(path.join(folder.path, 'w'), { name: 'v' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('refuses flags that would change nothing', async () => {
    folder.write('set/cat/1.jpg', 'x');
    const set = path.join(folder.path, 'set');
    const flags = { classColumn: 'foo', urlColumn: 'bar', pathColumn: 'baz', classes: ['x', 'y'] };
    await expect(read(set, flags)).rejects.toMatchObject({
      code: 'USAGE',
      message: '--class-column, --path-column, --url-column, --classes: of no use for a source of the kind folder',
      where: set,
    });
    folder.write('w/world.json', JSON.stringify(WORLD));
    await expect(read(path.join(folder.path, 'w'), { classes: ['x'] })).rejects.toMatchObject({ code: 'USAGE' });
    const tar = folder.write('a.tar', tarBytes({ '1.jpg': 'x', '1.cls': '0' }));
    await expect(read(tar, { ...flags, classColumn: undefined })).rejects.toMatchObject({
      message: '--path-column, --url-column: of no use for a source of the kind webdataset',
    });
    expect(await read(tar, { classes: ['x', 'y'] })).toMatchObject({ kind: 'webdataset', classes: ['x', 'y'] });
  });

  it('says what it cannot take', async () => {
    folder.write('split/train/cat/1.jpg', 'x');
    await expect(read(path.join(folder.path, 'split'))).rejects.toMatchObject({
      message: expect.stringContaining('parts of a set'),
    });
    folder.write('flat/1.jpg', 'x');
    await expect(read(path.join(folder.path, 'flat'))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(read(folder.write('a.zip', 'x'))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(read(path.join(folder.path, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    folder.write('unlabelled/a.tar', tarBytes({ '1.jpg': 'x' }));
    await expect(read(path.join(folder.path, 'unlabelled'))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });
});

const WEB7 = sharedPath('worlds/web7');

itWhereShared('worlds/web7')('opens the world web7 (needs ../shared)', async () => {
  const world = await openSource(WEB7, { classes: null, projectClasses: null, maxBytes: 1 });
  expect([world.kind, world.name, (await world.classes()).length]).toEqual(['world', 'web7', 7]);
});
