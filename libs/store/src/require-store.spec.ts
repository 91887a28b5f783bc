import { createHash } from 'node:crypto';
import { absolveObject, condemnObjects, moveStore, readStoreRecord, removeCondemned } from '@winnow/db';
import type { Database } from '@winnow/db';
import { createTestDatabase, databasesUnderTest, recordTestCrawl } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import type { StoreAddress } from '@winnow/config';
import { BlobStore } from './blob-store';
import { originalsOf } from './open-blobs';
import { adoptStore, requireStore } from './require-store';
import { S3Objects } from './s3-objects';
import { startTestStore, storeServersUnderTest } from './testing/test-stores';
import type { TestStore } from './testing/test-stores';

const PROGRAMS = storeServersUnderTest(process.env).find(({ name }) => name === 'rclone')?.programs;
const MARK = 'winnow-store.json';
const EVERYTHING = { graceMillis: 0, stillUnknown: (_: Database, keys: readonly string[]) => Promise.resolve(keys) };

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.each(databasesUnderTest(process.env))('a store and its database on $name', ({ url, available }) => {
  (available && PROGRAMS !== undefined ? describe : describe.skip)('belong together', () => {
    let server: TestStore;
    let database: TestDatabase;
    let db: Database;
    let used = 0;
    beforeAll(async () => {
      server = await startTestStore('rclone', PROGRAMS as string);
      database = await createTestDatabase(url);
    });
    afterAll(() => Promise.all([server.stop(), database.close()]));
    beforeEach(async () => {
      await database.reset();
      ({ db } = database);
    });

    const nextAddress = (): StoreAddress => server.address(`store-${(used += 1)}`);
    const addImage = () =>
      recordTestCrawl(db, 'p', [
        { className: 'a', sha256: 'ab'.repeat(32), sizeBytes: 1, mime: 'image/png', width: 9, height: 9 },
      ]);

    it('each of several commands that begin at once finds the same store', async () => {
      const address = nextAddress();
      await Promise.all([1, 2, 3, 4].map(() => requireStore(db, address)));
      const record = await readStoreRecord(db);
      expect(record).toMatchObject({ url: address.url, isMarked: true });
      expect(JSON.parse(String(await new S3Objects(address).get(MARK)))).toEqual({ id: record?.id });
      await requireStore(db, address);
    });

    it('a command without the store is refused, and told how to go on', async () => {
      const address = nextAddress();
      await requireStore(db, address);
      await expect(requireStore(db, undefined)).rejects.toMatchObject({
        ...{ code: 'STORE_MISMATCH', where: address.url, next: expect.stringContaining(`WINNOW_STORE=${address.url}`) },
      });
    });

    it("another database's store is refused before anything is written", async () => {
      const [own, other] = [nextAddress(), nextAddress()];
      await requireStore(db, other);
      await moveStore(db, null);
      await requireStore(db, own);
      await expect(requireStore(db, other)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
      await moveStore(db, null);
      await expect(requireStore(db, other)).rejects.toMatchObject({
        ...{ code: 'STORE_MISMATCH', message: 'The store belongs to another database' },
      });
    });

    it('an empty prefix is refused where the store had been another, and where originals are in folders', async () => {
      await requireStore(db, nextAddress());
      await expect(requireStore(db, nextAddress())).rejects.toMatchObject({
        ...{ code: 'STORE_MISMATCH', message: expect.stringContaining('This is not the store of the database') },
      });
      await moveStore(db, null);
      await addImage();
      await expect(requireStore(db, nextAddress())).rejects.toMatchObject({
        ...{ code: 'STORE_MISMATCH', next: expect.stringContaining('winnow store copy') },
      });
    });

    it('a command that was killed before the store said whose it is costs nothing', async () => {
      const address = nextAddress();
      await requireStore(db, address);
      const before = await readStoreRecord(db);
      // As after the row, before the mark.
      await moveStore(db, null);
      await db.execute(`insert into object_store (id, url) values ('${before?.id}', '${address.url}')`);
      await new S3Objects(address).remove([MARK]);
      await requireStore(db, address);
      expect(await readStoreRecord(db)).toEqual(before);
    });

    it('a database that was rescued takes the store over that it had', async () => {
      const address = nextAddress();
      await requireStore(db, address);
      const before = await readStoreRecord(db);
      await moveStore(db, null);
      await addImage();
      await expect(requireStore(db, address)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
      await adoptStore(db, address);
      expect(await readStoreRecord(db)).toEqual(before);
      await requireStore(db, address);
      // One whose originals are others' is none of its own.
      await moveStore(db, null);
      const others = Buffer.from('of another project');
      await new S3Objects(address).put(`blobs/${digestOf(others).slice(0, 2)}/${digestOf(others)}`, others);
      await expect(adoptStore(db, address)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
      await moveStore(db, before);
      // Of two the one that it has stays.
      await adoptStore(db, nextAddress());
      expect(await readStoreRecord(db)).toEqual(before);
    });

    it('bytes that were removed between storing and telling are stored again', async () => {
      const objects = new S3Objects(nextAddress());
      const bytes = Buffer.from('image');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const swept: string[] = [];
      const key = `blobs/${sha256.slice(0, 2)}/${sha256}`;
      const sweep = () => removeCondemned(db, [key], { ...EVERYTHING, remove: (keys) => objects.remove(keys) });
      // Somebody noted it before, and removes it as soon as it is there again.
      const raced = Object.assign(objects, { rereads: 0 });
      const put = objects.put.bind(objects);
      raced.put = async (key, body) => {
        const made = await put(key, body);
        if (swept.length === 0) swept.push(...(await sweep()));
        return made;
      };
      const blobs = new BlobStore(raced, 'blobs/', (stored, storeAgain) => absolveObject(db, stored, storeAgain));
      await condemnObjects(db, [key]);
      await blobs.put(sha256, bytes);
      expect(swept).toEqual([key]);
      expect(await blobs.holds(sha256)).toBe(true);
      expect(await sweep()).toEqual([]);
    });

    it('a sweep that is killed between removing and saying so loses nothing that is stored meanwhile', async () => {
      const address = nextAddress();
      const objects = new S3Objects(address);
      const blobs = originalsOf({ state: '/nowhere', store: address, db });
      const bytes = Buffer.from('image');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const key = blobs.keyOf(sha256);
      await objects.put(key, bytes);
      await condemnObjects(db, [key]);
      const killed = removeCondemned(db, [key], {
        ...EVERYTHING,
        async remove(keys) {
          await objects.remove(keys);
          throw new Error('killed');
        },
      });
      await expect(killed).rejects.toThrow('killed');
      // Who had stored it before that, and only now tells, finds it gone; so does a second one, where the first is killed too.
      const first = absolveObject(db, key, () => Promise.reject(new Error('killed as well')));
      await expect(first).rejects.toThrow('killed as well');
      await absolveObject(db, key, () => objects.put(key, bytes));
      expect(await blobs.holds(sha256)).toBe(true);
      expect(
        await removeCondemned(db, [key], { ...EVERYTHING, remove: () => Promise.reject(new Error('not asked')) }),
      ).toEqual([]);
    });

    it('of two databases that begin at once with one prefix, one has it', async () => {
      const other = await createTestDatabase(undefined);
      try {
        const address = nextAddress();
        const begun = await Promise.allSettled([requireStore(db, address), requireStore(other.db, address)]);
        const again = await Promise.allSettled([requireStore(db, address), requireStore(other.db, address)]);
        expect(begun.some(({ status }) => status === 'fulfilled')).toBe(true);
        expect(again.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      } finally {
        await other.close();
      }
    });

    it('200 races of one who stores and one who sweeps lose no object of a row, and keep none without', async () => {
      const address = nextAddress();
      const blobs = originalsOf({ state: '/nowhere', store: address, db });
      const objects = new S3Objects(address);
      const rows = new Set<string>();
      const bytes = Buffer.from('image');
      const remove = (keys: readonly string[]) => objects.remove(keys);
      const all: string[] = [];
      const sweep = () =>
        removeCondemned(db, all, {
          graceMillis: 0,
          stillUnknown: async (_, keys) => keys.filter((key) => !rows.has(key)),
          remove,
        });
      for (let race = 0; race < 200; race += 1) {
        const sha256 = race.toString(16).padStart(2, '0').repeat(32);
        const key = blobs.keyOf(sha256);
        await objects.put(key, bytes);
        await condemnObjects(db, [key]);
        all.push(key);
        const isWanted = race % 4 !== 3;
        const write = async (): Promise<void> => {
          await blobs.put(sha256, bytes);
          rows.add(key);
        };
        const both = race % 2 === 0 ? [isWanted ? write() : null, sweep()] : [sweep(), isWanted ? write() : null];
        await Promise.all(both);
      }
      await sweep();
      const left: string[] = [];
      for await (const { key } of objects.list('blobs/')) left.push(key);
      expect(left).toEqual([...rows].sort());
      expect(rows.size).toBe(150);
    });
  });
});
