import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { databaseAccess } from './database-access';
import type { DatabaseAccess } from './database-access';
import { holdLock } from './holder-lock';
import { listBuildIds } from './repositories/build-uses';

let stateDir: string;
let said: string[];
let onSaid: () => void;
let stop: AbortController;
beforeAll(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'winnow-access-'));
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));
beforeEach(() => {
  said = [];
  onSaid = () => undefined;
  stop = new AbortController();
});

const access = (holder = 'winnow train'): DatabaseAccess =>
  databaseAccess(
    { databaseUrl: undefined, paths: { state: stateDir } },
    { holder },
    {
      signal: stop.signal,
      log: (line) => {
        said.push(line);
        onSaid();
      },
    },
  );
const isHeld = (): boolean => existsSync(path.join(stateDir, 'db.lock'));
const untilFree = async (): Promise<void> => {
  while (isHeld()) await nextTurn();
};
/** As a command does that lets nobody in. @returns lets it go */
const holdIt = async (isBrief = false): Promise<() => Promise<void>> =>
  (await holdLock(path.join(stateDir, 'db.lock'), 'winnow db rescue', { isBrief })).release;

describe('databaseAccess', () => {
  it('holds the embedded database for the time of a query and a moment, in which the next one finds it open', async () => {
    const database = access();
    expect(isHeld()).toBe(false);
    const first = await database.use(async (db) => [isHeld(), (await listBuildIds(db)).size, db]);
    expect(first.slice(0, 2)).toEqual([true, 0]);
    expect(await database.use((db) => Promise.resolve(db))).toBe(first[2]);
    await untilFree();
    await expect(database.use(() => Promise.reject(new Error('no such row')))).rejects.toThrow('no such row');
    await untilFree();
  });

  it('does not let it go while another query is under way, and at once when that is asked for', async () => {
    const database = access();
    const long = database.use(async (db) => {
      await database.use(listBuildIds);
      for (const endMillis = performance.now() + 1000; performance.now() < endMillis;) await nextTurn();
      return [isHeld(), (await listBuildIds(db)).size];
    });
    expect(await long).toEqual([true, 0]);
    await database.close();
    expect(isHeld()).toBe(false);
  });

  it('refuses at the start where another command holds it, and waits for it later', async () => {
    const release = await holdIt();
    const database = access();
    await expect(database.use(listBuildIds)).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    expect(said).toEqual([]);
    await release();
    await database.use(listBuildIds);
    await untilFree();
    const again = await holdIt();
    onSaid = () => void again();
    expect((await database.use(listBuildIds)).size).toBe(0);
    await database.close();
    expect(said).toEqual([expect.stringMatching(/in use by `winnow db rescue` \(process \d+\); waiting/)]);
  });

  it('waits without a word for one that holds it for seconds, also at the start', async () => {
    const release = await holdIt(true);
    const database = access();
    const waiting = database.use(listBuildIds);
    // It has looked once by then.
    setImmediate(() => void release());
    expect((await waiting).size).toBe(0);
    await database.close();
    expect(said).toEqual([]);
  });

  it('stops waiting when the person stops it', async () => {
    const database = access();
    await database.use(listBuildIds);
    await untilFree();
    const release = await holdIt();
    onSaid = () => stop.abort();
    await expect(database.use(listBuildIds)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await release();
  });
});
