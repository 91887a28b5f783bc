import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { BlobStore } from './blob-store';
import { FolderObjects } from './folder-objects';

const storeIn = (place: string): BlobStore => new BlobStore(new FolderObjects(place));

const SHA256 = 'ab'.repeat(32);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-blobs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('BlobStore', () => {
  it('keeps a file under its digest, once', async () => {
    const store = storeIn(path.join(folder, 'blobs'));
    expect(await store.holds(SHA256)).toBe(false);
    await Promise.all([store.put(SHA256, Buffer.from('x')), store.put(SHA256, Buffer.from('x'))]);
    expect(readFileSync(path.join(folder, 'blobs', 'ab', SHA256), 'utf8')).toBe('x');
    expect(readdirSync(path.join(folder, 'blobs', 'ab'))).toEqual([SHA256]);
  });

  it('makes a file new that is put again: what was left over may have a use now', async () => {
    const store = storeIn(folder);
    await store.put(SHA256, Buffer.from('x'));
    const before = statSync(store.placeOf(SHA256));
    utimesSync(store.placeOf(SHA256), 1000, 1000);
    await store.put(SHA256, Buffer.from('x'));
    const after = statSync(store.placeOf(SHA256));
    expect(after.ino).toBe(before.ino);
    expect(after.mtimeMs).toBeGreaterThanOrEqual(Math.floor(before.mtimeMs));
  });

  it('replaces a file whose bytes were changed, and tells it from a whole one', async () => {
    const store = storeIn(folder);
    const sha256 = createHash('sha256').update('image').digest('hex');
    expect(await store.put(sha256, Buffer.from('image'))).toBe('written');
    expect([await store.put(sha256, Buffer.from('image')), await store.holds(sha256)]).toEqual(['kept', true]);
    for (const changed of ['Image', 'pic']) {
      writeFileSync(store.placeOf(sha256), changed);
      expect(await store.holds(sha256)).toBe(false);
      expect(await storeIn(folder).read(sha256)).toMatchObject({ problem: 'changed', place: store.placeOf(sha256) });
      await expect(storeIn(folder).require(sha256)).rejects.toMatchObject({
        code: 'DATA_CORRUPT',
        where: store.placeOf(sha256),
        next: expect.stringContaining('--repair'),
      });
      expect(await store.put(sha256, Buffer.from('image'))).toBe('written');
      expect(await storeIn(folder).read(sha256)).toEqual({ ok: true, bytes: Buffer.from('image') });
    }
    await store.remove([sha256]);
    expect(await storeIn(folder).read(sha256)).toMatchObject({ ok: false, problem: 'missing' });
    mkdirSync(store.placeOf(sha256));
    expect(await storeIn(folder).read(sha256)).toMatchObject({ ok: false, problem: 'unreadable' });
  });

  it('sweeps what killed processes left, and nothing else', async () => {
    const store = storeIn(folder);
    await store.put(SHA256, Buffer.from('x'));
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid']));
    const names = {
      killed: `${SHA256}.${hostname()}.${gone}.1.tmp`,
      running: `${SHA256}.${hostname()}.${process.ppid}.1.tmp`,
      elsewhere: `${SHA256}.other-host.${gone}.1.tmp`,
      old: `${SHA256}.other-host.1.1.tmp`,
    };
    mkdirSync(path.join(folder, 'ab'), { recursive: true });
    for (const name of Object.values(names)) writeFileSync(path.join(folder, 'ab', name), 'half');
    utimesSync(path.join(folder, 'ab', names.old), 1000, 1000);
    expect(await store.sweep(Date.now())).toBe(2);
    expect(readdirSync(path.join(folder, 'ab')).sort()).toEqual([SHA256, names.elsewhere, names.running].sort());
  });

  it('says which file cannot be written', async () => {
    writeFileSync(path.join(folder, 'blobs'), 'a file where the folder should be');
    await expect(storeIn(path.join(folder, 'blobs')).put(SHA256, Buffer.from('x'))).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
      where: path.join(folder, 'blobs', 'ab', SHA256),
    });
  });
});
