import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import { streamTar } from './stream-tar';
import { encodeTarHeader } from './tar-header';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-tar-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Header = Parameters<Pack['entry']>[0];

async function tarOf(entries: readonly (Header & { readonly text?: string })[]): Promise<Buffer> {
  const tar = pack();
  for (const { text, ...header } of entries) tar.entry(header, Buffer.from(text ?? ''));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function read(bytes: Uint8Array, options: Partial<Parameters<typeof streamTar>[1]> = {}) {
  const file = path.join(folder, 'a.tar');
  writeFileSync(file, bytes);
  const members: [string, number, string | null][] = [];
  for await (const { name, sizeBytes, bytes: data } of streamTar(file, { maxBytes: 1000, ...options })) {
    members.push([name, sizeBytes, data === null ? null : data.toString()]);
  }
  return members;
}

describe('streamTar', () => {
  const long = `${'folder/'.repeat(40)}a.jpg`;
  const entries = [
    { name: 'dir', type: 'directory' as const },
    { name: 'a.jpg', text: 'one' },
    // As Python's webdataset writes them: a time with a fraction needs an extended header.
    { name: 'b.jpg', text: 'two', pax: { mtime: '1.5' } },
    { name: 'link', type: 'symlink' as const, linkname: '/etc/passwd' },
    { name: long, text: 'three' },
  ];

  it('names links and devices where that is asked for', async () => {
    const file = path.join(folder, 'a.tar');
    writeFileSync(file, await tarOf([...entries, { name: 'null', type: 'character-device' as const }]));
    const found: unknown[] = [];
    for await (const { name, bytes, special } of streamTar(file, { maxBytes: 1000, special: true })) {
      if (special !== undefined) found.push([name, special, bytes]);
    }
    expect(found).toEqual([
      ['link', 'symlink', null],
      ['null', 'character-device', null],
    ]);
  });

  it('reads files in order, extended headers and long names too; passes over folders and links', async () => {
    const expected = [
      ['a.jpg', 3, 'one'],
      ['b.jpg', 3, 'two'],
      [long, 5, 'three'],
    ];
    expect(await read(await tarOf(entries))).toEqual(expected);
    expect(await read(gzipSync(await tarOf(entries)))).toEqual(expected);
  });

  it('names files without the folder that the tar was made in', async () => {
    const dotted = await tarOf([
      { name: './t/', type: 'directory' },
      { name: './t/1.png', text: 'one' },
    ]);
    expect(await read(dotted, { wanted: (name) => name === 't/1.png' })).toEqual([['t/1.png', 3, 'one']]);
  });

  it('reads neither what is too large nor what is not wanted', async () => {
    const tar = await tarOf(entries);
    expect(await read(tar, { maxBytes: 4, wanted: (name) => name !== 'a.jpg' })).toEqual([
      ['a.jpg', 3, null],
      ['b.jpg', 3, 'two'],
      [long, 5, null],
    ]);
  });

  it('can be left early', async () => {
    const file = path.join(folder, 'a.tar');
    writeFileSync(file, await tarOf(entries));
    for await (const { name } of streamTar(file, { maxBytes: 1000 })) {
      expect(name).toBe('a.jpg');
      break;
    }
  });

  it('refuses a damaged tar, a cut one and one that is not there', async () => {
    const tar = await tarOf(entries);
    await expect(read(tar.subarray(0, 1200))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(read(Buffer.alloc(4096, 7))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(read(gzipSync(tar).subarray(0, 100))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(streamTar(path.join(folder, 'none.tar'), { maxBytes: 1 }).next()).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });

  it('does not hold an extended header of any length', async () => {
    const sizeBytes = 60_000_000;
    const header = encodeTarHeader('pax', sizeBytes);
    header.write('x', 156);
    const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(sizeBytes, 0x20)]));
    await expect(read(bomb)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringContaining('Header exceeds max size'),
    });
  });
});
