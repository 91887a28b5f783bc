import type { SourceOptions } from '@winnow/contracts';
import { encodeTarHeader, tarBytes } from '@winnow/testing';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { openSource } from './open-source';
import { sourceName } from '../source-name';
import { scratchFolder } from '../spec-support/scratch-folder';
import type { ScratchFolder } from '../spec-support/scratch-folder';
import { toHit } from '../to-hit';
import { writeProject } from '../write-project';

let folder: ScratchFolder;
beforeEach(() => {
  folder = scratchFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => path.join(folder.path, name);
const open = (source: string, options: Partial<SourceOptions> = {}) =>
  openSource(source, { classes: null, projectClasses: null, maxBytes: 1000, ...options });

/** PLACE CLASS CONTENT of each item. */
async function list(source: string, options: Partial<SourceOptions> = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { location, className, read, refusal } of (await open(source, options)).items()) {
    const image = refusal ?? (read === null ? null : await read());
    const content = image === null ? 'due' : image.ok ? Buffer.from(image.bytes).toString() : image.outcome;
    lines.push(`${location} ${className} ${content}`);
  }
  return lines;
}

/** A link or device in a tar. */
function specialMember(name: string, type: string): Buffer {
  const header = encodeTarHeader(name, 0);
  header.write(type, 156);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

describe('a folder per class', () => {
  it('follows links right in it, and says how many entries are no folders of classes', async () => {
    folder.write('far/1.jpg', 'far');
    folder.write('set/a/1.jpg', 'a');
    folder.write('set/beside.jpg', 'x');
    symlinkSync(at('far'), at('set/b'));
    symlinkSync(at('nowhere'), at('set/broken'));
    expect(await list(at('set'))).toEqual(['a/1.jpg a a', 'b/1.jpg b far']);
    expect(await open(at('set'))).toMatchObject({ passedOver: 2 });
  });

  it.each([
    ['of a class', 'b\xe4r'],
    ['below a class', 'cat/b\xe4r'],
  ])('refuses the name of a folder %s that is not UTF-8', async (_, name) => {
    const source = path.join(folder.path, 'set');
    folder.write('set/cat/1.jpg', 'x');
    folder.write('set/dog/1.jpg', 'x');
    mkdirSync(Buffer.from(path.join(source, name), 'latin1'));
    const items = async () => {
      const opened = await openSource(source, { classes: null, projectClasses: null, maxBytes: 1000 });
      for await (const _item of opened.items()) continue;
    };
    await expect(items()).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: 'The name of a folder is not in UTF-8: "b\ufffdr"',
    });
  });

  it('names classes as the project does, and refuses two that become one', async () => {
    folder.write('set/ a /1.jpg', 'a');
    folder.write('set/\u2028b/1.jpg', 'b');
    expect(await list(at('set'))).toEqual([' a /1.jpg a a', '\u2028b/1.jpg b b']);
    expect(await writeProject(at('p.yaml'), await open(at('set')), { where: at('set') })).toEqual(['a', 'b']);
    folder.write('set/a/1.jpg', 'x');
    await expect(open(at('set'))).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringContaining('" a " and "a"'),
    });
  });

  it('names all classes that no project may have', async () => {
    for (const name of ['ok', 'a\u202eb', 'c\u200bd', 'e\u0007']) folder.write(`set/${name}/1.jpg`, 'x');
    await expect(writeProject(at('p.yaml'), await open(at('set')), { where: at('set') })).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/Classes of the source .*"a b", "c d", "e "$/),
    });
  });
});

describe('tars', () => {
  it('refuses samples without an image, and links; takes the last part of an extension', async () => {
    const plain = tarBytes({
      '1.image.png': 'one',
      '1.cls': 'a',
      '2.heic': 'two',
      '2.cls': 'a',
      '3.seg.png': 'no',
      '3.png': '3',
      '3.cls': 'a',
    });
    const special = [specialMember('4.jpg', '1'), specialMember('5.jpg', '2'), specialMember('6.jpg', '3')];
    const tar = folder.write('a.tar', Buffer.concat([...special, plain]));
    expect(await list(tar)).toEqual([
      'a.tar/4 null format_refused',
      'a.tar/5 null format_refused',
      'a.tar/6 null format_refused',
      'a.tar/1 a one',
      'a.tar/2 a format_refused',
      'a.tar/3 a 3',
    ]);
  });

  it('passes a number beyond the classes over, unless all are', async () => {
    const tar = folder.write('a.tar', tarBytes({ '1.jpg': 'one', '1.cls': '0', '2.jpg': 'two', '2.cls': '7' }));
    const classes = ['x', 'y'];
    expect(await list(tar, { classes })).toEqual(['a.tar/1 x one', 'a.tar/2 7 two']);
    expect(await (await open(tar, { classes })).classes()).toEqual(classes);
    const none = folder.write('b.tar', tarBytes({ '2.jpg': 'two', '2.cls': '7' }));
    await expect(list(none, { classes })).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });
});

describe('tables', () => {
  it('refuses rows whose cells are no text, and lines that are no rows', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const rows = [
      '\ufeff{"path":"1.jpg","class":"a"}',
      'broken',
      `{"path":${deep},"class":"a"}`,
      `{"path":"1.jpg","class":${deep}}`,
      '{"path":"1.jpg","class":true}',
      '{"path":"1.jpg","class":null}',
      '[2]',
    ];
    folder.write('1.jpg', 'one');
    const table = folder.write('t.jsonl', rows.join('\n'));
    expect(await list(table)).toEqual([
      '1.jpg a one',
      'line 2 null format_refused',
      'row 2 null format_refused',
      '1.jpg null format_refused',
      '1.jpg null format_refused',
      '1.jpg null one',
      'line 7 null format_refused',
    ]);
    expect(await (await open(table)).classes()).toEqual(['a']);
  });

  it('says that a table is empty', async () => {
    for (const text of ['', 'path,class\n']) {
      const table = folder.write('t.csv', text);
      await expect(open(table)).rejects.toMatchObject({ code: 'FORMAT_INVALID', message: 'The table is empty' });
    }
  });

  it('says which delimiter it tried', async () => {
    await expect(open(folder.write('t.csv', 'path;class\n1.jpg;a\n'))).rejects.toMatchObject({
      next: expect.stringContaining('commas'),
    });
  });
});

it.each(['folder', 'img2dataset', 'world'] as const)('a file is no source of the kind %s', async (kind) => {
  const table = folder.write('t.csv', 'path,class\n');
  await expect(open(table, { kind })).rejects.toMatchObject({ code: 'USAGE' });
  await expect(open(folder.path, { kind: 'table' })).rejects.toMatchObject({ code: 'USAGE' });
});

it('refuses names of a source that are empty or cannot be shown', () => {
  expect(sourceName(undefined)).toBeUndefined();
  expect(sourceName(' mine ')).toBe('mine');
  for (const name of ['', ' ', 'a\nb', 'a\u0000', 'a\u202eb', 'x'.repeat(201)]) {
    expect(() => sourceName(name)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});

it('stores URLs as they are parsed, none with control characters', () => {
  const hit = (url: string, sha256: string | null = null) =>
    toHit(
      { engine: 'import', name: 's' },
      { location: 'p', rank: 1, className: 'a', facts: { url }, read: null },
      { className: 'a', sha256 },
    );
  expect(hit(' HTTP://X.test/\u00fc.jpg#top ')).toMatchObject({
    hit: { imageUrl: 'http://x.test/%C3%BC.jpg#top', canonicalUrl: 'http://x.test/%C3%BC.jpg' },
  });
  expect(hit('http://x.test/a\u0000.jpg')).toMatchObject({ ok: false, outcome: 'url_refused' });
  expect(hit('http://x.test/a\u0000.jpg', 'ab')).toMatchObject({ hit: { imageUrl: 'import:s/p' } });
});
