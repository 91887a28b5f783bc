import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { STORE_REQUESTS } from '@winnow/files';
import type { StoreRequest } from '@winnow/files';
import { BlobStore } from './blob-store';
import { FolderObjects } from './folder-objects';
import type { ObjectStore } from './object-store';
import { probeStore } from './probe-store';
import { S3Objects } from './s3-objects';
import { startTestStore, storeServersUnderTest } from './testing/test-stores';
import type { TestStore } from './testing/test-stores';

const bytesOf = (text: string): Buffer => Buffer.from(text);
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function keysOf(objects: ObjectStore, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of objects.list(prefix)) keys.push(key);
  return keys;
}

/** What holds of every store. @param open a store that nothing is in, whose keys begin with the prefix */
function behavesAsStore(open: (prefix: string) => ObjectStore): void {
  it('gives back what was stored, with its size; nothing for what is not there', async () => {
    const objects = open('plain');
    const large = Buffer.alloc(20_000_000, 'winnow');
    expect(await objects.put('ab/one', bytesOf('1'))).toBe('written');
    await objects.put('ab/large', large);
    expect(await objects.get('ab/one')).toEqual(bytesOf('1'));
    expect((await objects.get('ab/large'))?.equals(large)).toBe(true);
    expect([await objects.sizeOf('ab/one'), await objects.sizeOf('ab/large')]).toEqual([1, large.length]);
    for (const absent of ['ab/two', 'ab', 'cd/one', 'ab/one/two']) {
      expect([absent, await objects.get(absent).catch(() => null), await objects.sizeOf(absent)]).toEqual([
        ...[absent, null, null],
      ]);
    }
  });

  it('keeps an object of no bytes', async () => {
    const objects = open('empty');
    await objects.put('ab/none', new Uint8Array());
    expect([await objects.get('ab/none'), await objects.sizeOf('ab/none')]).toEqual([Buffer.alloc(0), 0]);
  });

  it('holds one whole object where 16 store the same ten at once', async () => {
    const objects = open('crowd');
    const bodies = Array.from({ length: 10 }, (_, index) => Buffer.alloc(3000 + index, index));
    await Promise.all(
      Array.from({ length: 16 }, () => Promise.all(bodies.map((body, index) => objects.put(`ab/${index}`, body)))),
    );
    expect(await keysOf(objects, '')).toEqual(bodies.map((_, index) => `ab/${index}`));
    for (const [index, body] of bodies.entries()) expect(await objects.get(`ab/${index}`)).toEqual(body);
  });

  it('replaces an object that has other bytes', async () => {
    const objects = open('again');
    await objects.put('ab/one', bytesOf('before'));
    await objects.put('ab/one', bytesOf('after'));
    expect(await objects.get('ab/one')).toEqual(bytesOf('after'));
  });

  it('lists more than a page in the order of keys, below a prefix', async () => {
    const objects = open('many');
    const keys = Array.from({ length: 1030 }, (_, index) => `b/${String(index).padStart(4, '0')}`);
    const all = [...keys, 'a/x', 'b-/x', 'c/x'];
    for (let from = 0; from < all.length; from += 64) {
      await Promise.all(all.slice(from, from + 64).map((key) => objects.put(key, bytesOf(key))));
    }
    expect(await keysOf(objects, 'b/')).toEqual(keys);
    expect(await keysOf(objects, 'b/000')).toEqual(keys.slice(0, 10));
    expect(await keysOf(objects, '')).toEqual(['a/x', 'b-/x', ...keys, 'c/x']);
    expect(await keysOf(objects, 'd/')).toEqual([]);
    await objects.remove(keys);
    expect(await keysOf(objects, '')).toEqual(['a/x', 'b-/x', 'c/x']);
  });

  it('removes what is there, and minds nothing that is not', async () => {
    const objects = open('removal');
    await objects.put('ab/one', bytesOf('1'));
    await objects.put('ab/two', bytesOf('2'));
    await objects.remove(['ab/one', 'ab/never', 'cd/never']);
    await objects.remove(['ab/one']);
    await objects.remove([]);
    expect(await keysOf(objects, '')).toEqual(['ab/two']);
  });

  it('sees nothing that is beside its prefix', async () => {
    const [one, other] = [open('beside'), open('beside-2')];
    await one.put('ab/one', bytesOf('1'));
    await other.put('ab/other', bytesOf('2'));
    expect([await keysOf(one, ''), await keysOf(other, '')]).toEqual([['ab/one'], ['ab/other']]);
    await one.remove(['ab/other']);
    expect(await other.get('ab/other')).toEqual(bytesOf('2'));
  });

  it('reads blobs by their digests, and lists them alone', async () => {
    const objects = open('blobs');
    const blobs = new BlobStore(objects, 'kept/');
    const bodies = ['one', 'two', 'three'].map(bytesOf);
    for (const body of bodies) await blobs.put(digestOf(body), body);
    await objects.put('kept/ab/no-digest', bytesOf('x'));
    await objects.put(`kept/zz/${digestOf(bytesOf('one'))}`, bytesOf('in the wrong place'));
    const listed: string[] = [];
    for await (const { sha256, sizeBytes } of blobs.list()) listed.push(`${sha256} ${sizeBytes}`);
    expect(listed).toEqual(bodies.map((body) => `${digestOf(body)} ${body.length}`).sort());
    const [sha256 = ''] = listed[0]?.split(' ') ?? [];
    expect(await blobs.read(sha256)).toMatchObject({ ok: true });
    expect(await blobs.read(digestOf(bytesOf('never')))).toMatchObject({ ok: false, problem: 'missing' });
    // Other bytes under its name.
    await objects.put(blobs.keyOf(sha256), bytesOf('changed'));
    expect(await blobs.read(sha256)).toMatchObject({ ok: false, problem: 'changed', place: blobs.placeOf(sha256) });
    await expect(blobs.require(sha256)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: blobs.placeOf(sha256) });
    await blobs.remove([sha256]);
    expect(await blobs.sizeOf(sha256)).toBeNull();
  });
}

describe('a folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-objects-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  behavesAsStore((prefix) => new FolderObjects(path.join(folder, prefix)));
});

describe.each(storeServersUnderTest(process.env))('a store of $name', ({ name, programs }) => {
  (programs === undefined ? describe.skip : describe)('is as a folder', () => {
    let server: TestStore;
    beforeAll(async () => {
      server = await startTestStore(name, programs as string);
    });
    afterAll(() => server.stop());
    behavesAsStore((prefix) => new S3Objects(server.address(prefix)));

    it('tells whoever measures it what was asked, and with what result', async () => {
      const objects = new S3Objects(server.address('observed'));
      const told: StoreRequest[] = [];
      const end = STORE_REQUESTS.subscribe((request) => told.push(request));
      await objects.put('ab/one', bytesOf('four'));
      await objects.get('ab/one');
      await objects.get('ab/two');
      await objects.sizeOf('ab/one');
      await keysOf(objects, '');
      await objects.remove(['ab/one']);
      end();
      expect(told.map(({ op, code, bytes, retries }) => `${op} ${code} ${bytes} ${retries}`)).toEqual([
        ...['put 200 4 0', 'get 200 4 0', 'get 404 0 0', 'head 200 0 0', 'list 200 0 0', 'remove 200 0 0'],
      ]);
      expect(told.every(({ seconds }) => seconds > 0)).toBe(true);
    });

    it('is probed, and nothing is left of that', async () => {
      const address = server.address('probed');
      expect(await probeStore(address)).toEqual({ knowsConditions: name === 'moto', listsAtOnce: true });
      expect(await keysOf(new S3Objects(address), '')).toEqual([]);
    });

    it('says what is wrong with bucket, key or address', async () => {
      const there = server.address('wrong');
      const noBucket = new S3Objects({ ...there, bucket: 'there-is-none', url: 's3://there-is-none/wrong' });
      const unreachable = { code: 'STORE_UNREACHABLE', where: expect.stringContaining('s3://there-is-none/wrong/ab') };
      await expect(noBucket.put('ab/one', bytesOf('1'))).rejects.toMatchObject(unreachable);
      await expect(noBucket.get('ab/one')).rejects.toMatchObject(unreachable);
      // moto believes everybody.
      if (name === 'moto') return;
      const { AWS_SECRET_ACCESS_KEY: secret } = process.env;
      process.env['AWS_SECRET_ACCESS_KEY'] = 'another';
      await expect(new S3Objects(there).put('ab/one', bytesOf('1'))).rejects.toMatchObject({
        code: 'STORE_UNREACHABLE',
        message: expect.stringContaining('refuses access'),
        next: expect.stringContaining('AWS_ACCESS_KEY_ID'),
      });
      process.env['AWS_SECRET_ACCESS_KEY'] = secret;
    });

    // Objects of moto are in its memory.
    if (name === 'rclone') {
      it('finds a bit that its disk has flipped', async () => {
        const address = server.address('flipped');
        const blobs = new BlobStore(new S3Objects(address));
        const body = Buffer.alloc(22_000, 'image');
        const sha256 = digestOf(body);
        await blobs.put(sha256, body);
        const file = server.fileOf(address, blobs.keyOf(sha256));
        const bytes = readFileSync(file);
        bytes[11_000] = (bytes[11_000] as number) ^ 1;
        writeFileSync(file, bytes);
        expect(await blobs.read(sha256)).toMatchObject({
          problem: 'changed',
          place: `${address.url}/${blobs.keyOf(sha256)}`,
        });
        await blobs.put(sha256, body);
        expect(await blobs.holds(sha256)).toBe(true);
      });
    }
  });
});
