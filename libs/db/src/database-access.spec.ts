import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
/** As a command does that lets nobody in. @returns lets it go */
const holdIt = async (isBrief = false): Promise<() => Promise<void>> =>
  (await holdLock(path.join(stateDir, 'db.lock'), 'winnow db rescue', { isBrief })).release;

describe('databaseAccess', () => {
  it('holds the embedded database for the time of a query alone', async () => {
    const database = access();
    expect(isHeld()).toBe(false);
    expect(await database.use(async (db) => [isHeld(), (await listBuildIds(db)).size])).toEqual([true, 0]);
    expect(isHeld()).toBe(false);
    await expect(database.use(() => Promise.reject(new Error('no such row')))).rejects.toThrow('no such row');
    expect(isHeld()).toBe(false);
  });

  it('refuses at the start where another command holds it, and waits for it later', async () => {
    const release = await holdIt();
    const database = access();
    await expect(database.use(listBuildIds)).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    expect(said).toEqual([]);
    await release();
    await database.use(listBuildIds);
    const again = await holdIt();
    onSaid = () => void again();
    expect((await database.use(listBuildIds)).size).toBe(0);
    expect(said).toEqual([expect.stringMatching(/in use by `winnow db rescue` \(process \d+\); waiting/)]);
  });

  it('waits without a word for one that holds it for seconds, also at the start', async () => {
    const release = await holdIt(true);
    const waiting = access().use(listBuildIds);
    // It has looked once by then.
    setImmediate(() => void release());
    expect((await waiting).size).toBe(0);
    expect(said).toEqual([]);
  });

  it('stops waiting when the person stops it', async () => {
    const database = access();
    await database.use(listBuildIds);
    const release = await holdIt();
    onSaid = () => stop.abort();
    await expect(database.use(listBuildIds)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await release();
  });
});
