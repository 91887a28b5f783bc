import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { listLabelledFiles } from './labelled-files';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'winnow-labelled-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string | Uint8Array): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};
async function list(source: string) {
  const files = await listLabelledFiles(source);
  return Promise.all(
    files.map(async ({ key, className, read }) => [key, className, Buffer.from(await read()).toString()]),
  );
}
async function tarOf(members: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(members)) tar.entry({ name }, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('listLabelledFiles', () => {
  it('lists a folder per class and a tar of the same, without hidden files', async () => {
    write('set/dog/2.jpg', 'd2');
    write('set/cat/1.jpg', 'c1');
    write('set/cat/.hidden', 'x');
    write('set/.git/x', 'x');
    const expected = [
      ['cat/1.jpg', 'cat', 'c1'],
      ['dog/2.jpg', 'dog', 'd2'],
    ];
    expect(await list(path.join(folder, 'set'))).toEqual(expected);
    expect(await list(write('set.tar', await tarOf({ './dog/2.jpg': 'd2', 'cat/1.jpg': 'c1' })))).toEqual(expected);
  });

  it('lists images at any depth below their class', async () => {
    write('set/cat/2019/summer/1.jpg', 'c1');
    write('set/cat/2019/.hidden/2.jpg', 'x');
    write('set/dog/2.jpg', 'd2');
    expect(await list(path.join(folder, 'set'))).toEqual([
      ['cat/2019/summer/1.jpg', 'cat', 'c1'],
      ['dog/2.jpg', 'dog', 'd2'],
    ]);
  });

  it('says what to do with a tar of extended headers, which Python writes', async () => {
    const tar = pack();
    tar.entry({ name: 'cat/1.jpg', pax: { mtime: '1.5' } }, 'c1');
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    await expect(list(write('python.tar', Buffer.concat(chunks)))).rejects.toThrow('--format=ustar');
  });

  it('lists what a table names, by path', async () => {
    write('images/2.jpg', 'two');
    write('images/1.jpg', 'one');
    const table = write('test.csv', 'label,path\n"a, b",images/2.jpg\ncat,images/1.jpg\n');
    expect(await list(table)).toEqual([
      ['images/1.jpg', 'cat', 'one'],
      ['images/2.jpg', 'a, b', 'two'],
    ]);
  });

  it('reads the test images of a world out of its tars, the first that has one', async () => {
    write('data/far.tar.gz', gzipSync(await tarOf({ 'test/a.jpg': 'A', 'test/b.jpg': 'B', 'train/c.jpg': 'C' })));
    write('worlds/w/near.tar', await tarOf({ 'test/b.jpg': 'other', 'open/d.jpg': 'D' }));
    const images = ['../../data/far.tar.gz', 'near.tar'];
    const world = { name: 'w', classes: ['x', 'y'], size: 32, images, pool: 'pool.csv' };
    write('worlds/w/world.json', JSON.stringify(world));
    const test = write('worlds/w/test.csv', 'path,label\ntest/b.jpg,y\nopen/d.jpg,x\ntest/a.jpg,x\n');
    expect(await list(test)).toEqual([
      ['open/d.jpg', 'x', 'D'],
      ['test/a.jpg', 'x', 'A'],
      ['test/b.jpg', 'y', 'B'],
    ]);
  });

  it.each(['../secret.jpg', '/etc/hostname', 'in/../../secret.jpg', 'link.jpg', 'C:\\secret.jpg', ''])(
    'refuses a table that names %j',
    async (name) => {
      write('secret.jpg', 'secret');
      write('set/in/x.jpg', 'x');
      symlinkSync(path.join(folder, 'secret.jpg'), path.join(folder, 'set/link.jpg'));
      const table = write('set/test.csv', `path,label\n"${name}",cat\n`);
      await expect(list(table)).rejects.toMatchObject({
        code: 'FORMAT_INVALID',
        where: name === '' ? `${table}, row 1 below the head, column "path"` : table,
      });
    },
  );

  it('names a link that leads nowhere', async () => {
    write('set/cat/1.jpg', 'one');
    const file = path.join(folder, 'set/cat/2.jpg');
    symlinkSync(path.join(folder, 'gone.jpg'), file);
    await expect(list(path.join(folder, 'set'))).rejects.toMatchObject({ code: 'FORMAT_INVALID', where: file });
  });

  it('does not wait for a pipe', async () => {
    const pipe = path.join(folder, 'set.tar');
    execFileSync('mkfifo', [pipe]);
    await expect(list(pipe)).rejects.toMatchObject({ code: 'FORMAT_INVALID', where: pipe });
    const table = write('pipe.csv', 'path,label\nset.tar,x\n');
    await expect(list(table)).rejects.toMatchObject({ code: 'FORMAT_INVALID', where: table });
  });

  it.each([
    ['cut.tar', async () => (await tarOf({ 'cat/1.jpg': 'c'.repeat(2000) })).subarray(0, 1024)],
    ['text.tar', () => Promise.resolve('no tar '.repeat(1000))],
    ['set/dataset.json', () => Promise.resolve('{')],
  ])('does not take %s for a build of the project', async (name, content) => {
    const file = write(name, await content());
    const source = name.endsWith('.json') ? path.dirname(file) : file;
    await expect(list(source)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      where: expect.stringContaining(file) as string,
      next: expect.stringMatching(/^Get it again/) as string,
    });
  });

  it('says what is wrong with a table, or with what it names', async () => {
    write('1.jpg', 'one');
    await expect(list(write('a.csv', 'path,kind\n1.jpg,x\n'))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(list(write('b.csv', 'file,label\n1.jpg,x\n1.jpg,y\n'))).rejects.toMatchObject({
      message: expect.stringContaining('twice'),
      where: `${path.join(folder, 'b.csv')}, row 2 below the head, column "file"`,
    });
    await expect(list(write('e.csv', 'path,label\n1.jpg,x\n,x\n,x\n'))).rejects.toMatchObject({
      message: 'A path is empty',
      where: expect.stringContaining('row 2') as string,
    });
    await expect(list(write('c.csv', 'path,label\n2.jpg,x\n'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(list(write('d.csv', 'path,label\n'))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });
});
