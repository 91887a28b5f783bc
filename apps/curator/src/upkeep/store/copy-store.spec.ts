import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProjectConfig, StoreAddress } from '@winnow/config';
import { forgetImages, readStoreRecord } from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { blobPlace, originalsOf, storeAt } from '@winnow/store';
import { startTestStore, storeServersUnderTest } from '@winnow/store/testing';
import type { TestStore } from '@winnow/store/testing';
import { buildProject } from '../../build/build-project';
import { drawImages, storeImages, writeProject } from '../../spec-support/drawn-project';
import type { DrawnImage } from '../../spec-support/drawn-project';
import { collectGarbage } from '../gc/collect-garbage';
import { verifyProject } from '../verify/verify-project';
import { copyStore } from './copy-store';

const PROGRAMS = storeServersUnderTest(process.env).find(({ name }) => name === 'rclone')?.programs;
const silent = { update: () => undefined, end: () => undefined };
const io = { log: () => undefined, progress: { start: () => silent }, signal: new AbortController().signal };

describe.each(databasesUnderTest(process.env))('originals in a store, on $name', ({ url, available }) => {
  (available && PROGRAMS !== undefined ? describe : describe.skip)('of a small crawl', () => {
    let server: TestStore;
    let database: TestDatabase;
    let images: readonly DrawnImage[];
    let folder: string;
    let inFolder: ProjectConfig;
    let inStore: ProjectConfig;
    let used = 0;
    beforeAll(async () => {
      server = await startTestStore('rclone', PROGRAMS as string);
      database = await createTestDatabase(url);
      images = await drawImages(6);
    });
    afterAll(() => Promise.all([server.stop(), database.close()]));
    beforeEach(async () => {
      await database.reset();
      folder = mkdtempSync(path.join(tmpdir(), 'winnow-copy-'));
      inFolder = await writeProject(folder, 'build: { shardSamples: 4 }\n');
      inStore = { ...inFolder, store: server.address(`copy-${(used += 1)}`) };
      await storeImages(database.db, inFolder, images);
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const copy = (config: ProjectConfig, to: StoreAddress | undefined, isForced = false) =>
      copyStore({ config, db: database.db, io, to, isForced });
    const build = (config: ProjectConfig) => buildProject({ config, db: database.db, io });
    const verify = async (config: ProjectConfig, repair = false) =>
      (await verifyProject({ config, db: database.db, io, build: 'current', originals: true, repair })).problems;
    const collect = (config: ProjectConfig, { isAlone = true, isDryRun = false } = {}) =>
      collectGarbage({
        ...{ config, db: database.db, io, keep: 1, nowMillis: Date.now(), isForced: false },
        ...{ isAlone, isDryRun },
      });
    const listed = async (config: ProjectConfig): Promise<readonly string[]> => {
      const digests: string[] = [];
      for await (const { sha256 } of originalsOf(blobPlace(config)).list()) digests.push(sha256);
      return digests;
    };

    it('gives the same data set from the store, with no file of the folder left', async () => {
      const before = await build(inFolder);
      expect(await copy(inFolder, inStore.store)).toMatchObject({ copied: 6, present: 0, lacking: 0, isMoved: true });
      rmSync(inFolder.paths.blobs, { recursive: true });
      rmSync(inFolder.paths.builds, { recursive: true });
      await expect(build(inFolder)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
      const after = await build(inStore);
      expect(after.record.digest).toBe(before.record.digest);
      expect(await verify(inStore)).toEqual([]);
      expect(await copy(inStore, undefined)).toMatchObject({ copied: 6, isMoved: true });
      expect(await readStoreRecord(database.db)).toBeNull();
      expect(await verify(inFolder)).toEqual([]);
    });

    it('gives each place an id of its own: the one before is no longer that of the database', async () => {
      const next = { ...inFolder, store: server.address(`copy-${(used += 1)}`) };
      await copy(inFolder, inStore.store);
      expect(await copy(inStore, next.store)).toMatchObject({ copied: 6, isMoved: true });
      expect(await verify(next)).toEqual([]);
      await expect(verify(inStore)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
    });

    it('goes on where it was stopped, and copies what is missing alone', async () => {
      const stop = new AbortController();
      const task = { end: () => undefined, update: () => void stop.abort() };
      const stopped = { ...io, progress: { start: () => task }, signal: stop.signal };
      const asked = { config: inFolder, db: database.db, io: stopped, to: inStore.store, isForced: false };
      await expect(copyStore(asked)).rejects.toMatchObject({ code: 'INTERRUPTED' });
      expect(await readStoreRecord(database.db)).toBeNull();
      const { copied, present } = await copy(inFolder, inStore.store);
      expect([copied + present, present > 0]).toEqual([6, true]);
      await expect(copy(inFolder, inStore.store)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
      await expect(copy(inStore, inStore.store)).rejects.toMatchObject({ code: 'USAGE' });
    });

    it('stays where it is while the other place lacks an original, unless it is told otherwise', async () => {
      const [{ sha256 = '' } = {}] = images;
      const kept = originalsOf(blobPlace(inFolder));
      writeFileSync(kept.placeOf(sha256), 'other bytes');
      expect(await copy(inFolder, inStore.store)).toMatchObject({
        ...{ copied: 5, damaged: [kept.placeOf(sha256)], lacking: 1, isMoved: false },
      });
      expect(await readStoreRecord(database.db)).toBeNull();
      expect(await copy(inFolder, inStore.store, true)).toMatchObject({ present: 5, lacking: 1, isMoved: true });
      expect(await verify(inStore)).toEqual([
        expect.objectContaining({
          file: originalsOf(blobPlace(inStore)).placeOf(sha256),
          problem: 'the original is missing',
        }),
      ]);
    });

    it('collects nothing where the database seems to be another one', async () => {
      await copy(inFolder, inStore.store);
      await database.db.execute('truncate images, sightings, fetches cascade');
      await expect(collect(inStore)).rejects.toMatchObject({ code: 'MISSING_INPUT' });
      expect(await listed(inStore)).toHaveLength(6);
    });

    it('brings no originals of several projects into the folder of one', async () => {
      await copy(inFolder, inStore.store);
      await database.db.execute(`insert into projects (name) values ('another')`);
      await expect(copy(inStore, undefined)).rejects.toMatchObject({ code: 'USAGE' });
      expect(await readStoreRecord(database.db)).not.toBeNull();
    });

    it('collects what nothing refers to a day after the database noted it, by the clock of the database', async () => {
      await copy(inFolder, inStore.store);
      const [{ sha256: unwanted = '', bytes: body } = { bytes: new Uint8Array() }] = images;
      await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: [unwanted] });
      const shared = () => collect(inStore, { isAlone: false });
      expect(await shared()).toMatchObject({ condemned: 1, freed: { originals: { items: 0 } } });
      expect(await shared()).toMatchObject({ condemned: 1, freed: { originals: { items: 0 } } });
      const age = () => database.db.execute(`update condemned set at = at - interval '25 hours'`);
      // Who stores it again meanwhile begins the day anew.
      await age();
      await originalsOf(blobPlace(inStore, database.db)).put(unwanted, body);
      expect(await shared()).toMatchObject({ condemned: 1, freed: { originals: { items: 0 } } });
      await age();
      expect(await collect(inStore, { isAlone: false, isDryRun: true })).toMatchObject({
        freed: { originals: { items: 1, bytes: body.length } },
      });
      expect(await shared()).toMatchObject({ condemned: 0, freed: { originals: { items: 1, bytes: body.length } } });
      expect(await listed(inStore)).toHaveLength(5);
      expect(await storeAt(inStore.store as StoreAddress).get('winnow-store.json')).not.toBeNull();
    });
  });
});
