import { existsSync } from 'node:fs';
import path from 'node:path';
import { isWinnowError, settledWithin, WinnowError } from '@winnow/contracts';
import type { CommandIo, ErrorCode } from '@winnow/contracts';
import { isConnectionTrouble, openProjectDatabase } from '@winnow/db';
import type { Database, DatabaseHandle } from '@winnow/db';
import type { ProjectConfig } from '@winnow/config';
import { databaseAway, PATIENCE_MILLIS } from './database-away';

const AWAY: ReadonlySet<ErrorCode> = new Set(['DATABASE_BUSY', 'DATABASE_UNREACHABLE']);

type DatabaseWork<T> = (db: Database, handle: DatabaseHandle) => Promise<T>;

/** The project's database for a server that is open all day beside other commands. */
export interface StudioDatabase {
  /**
   * Queries within `work` only.
   * @throws WinnowError as openDatabase: DATABASE_BUSY and DATABASE_UNREACHABLE are answered as "away"; INTERRUPTED once it is closed
   */
  use<T>(work: DatabaseWork<T>): Promise<T>;
  /**
   * As `use`, for answers that can do without: null where the database is away, at once when that is known, else after five seconds.
   * An embedded one that is being opened is waited for.
   * The work goes on, and whether the database is there again is known by its end.
   * @param usualMillis how long it took last: it is waited for three times longer than that besides
   */
  useIfThere<T>(work: DatabaseWork<T>, usualMillis?: number): Promise<T | null>;
  /** As `useIfThere`, for answers that cannot do without. @throws WinnowError DATABASE_UNREACHABLE where the database is away */
  useOrAway<T>(work: DatabaseWork<T>, usualMillis?: number): Promise<T>;
  /**
   * As `use`, for what writes or may take long: begun only where the database answers.
   * @throws WinnowError DATABASE_UNREACHABLE where it is away: nothing was begun
   */
  useOnceThere<T>(work: DatabaseWork<T>): Promise<T>;
  /** Whether somebody asked it in vain, and it has not answered since. */
  isAway(): boolean;
  /** False where nothing made one yet: then `use` reads an empty one, which is gone once there is one. */
  isThere(): boolean;
  close(): Promise<void>;
}

/** A loaded machine takes so long to start Postgres on files that it has not read. */
const OPENING_MILLIS = 30_000;
/** How many times longer than usual an answer may take. */
const LATE_FACTOR = 3;

/**
 * Opens nothing yet: a link is printed before the database is there. From its first use on it stays open, the embedded one too,
 * as that lets other commands in; one that does not exist yet is looked for again each time, as a crawl may make it.
 */
export function openStudioDatabase(config: ProjectConfig, io: Pick<CommandIo, 'log' | 'signal'>): StudioDatabase {
  let opening: Promise<DatabaseHandle> | undefined;
  let isOpen = false;
  let isClosed = false;
  /** Of what waits for a database that is away. */
  let waiting: object | undefined;
  const isThere = (): boolean => config.databaseUrl !== undefined || existsSync(path.join(config.paths.state, 'db'));
  const open = (): Promise<DatabaseHandle> =>
    openProjectDatabase(config, { holder: 'winnow studio', create: false }, io);
  const empty = emptyDatabase(open, () => isClosed || isThere());
  const use: StudioDatabase['use'] = async (work) => {
    const found = await useNow(work);
    waiting = undefined;
    return found;
  };
  const useNow: StudioDatabase['use'] = async (work) => {
    // Opened again it would be left open, and the process would not end.
    if (isClosed) throw new WinnowError('INTERRUPTED', 'The studio has ended', { next: 'Start it again.' });
    if (opening === undefined && !isThere()) return empty.use(work);
    opening ??= open();
    const opened = opening;
    const handle = await opened.catch((error: unknown) => {
      if (opening === opened) opening = undefined;
      throw error;
    });
    isOpen = true;
    await empty.leave();
    return work(handle.db, handle).catch((error: unknown) => {
      if (!isConnectionTrouble(error)) throw error;
      throw new WinnowError('DATABASE_UNREACHABLE', 'The database does not answer', {
        next: 'Start it again; what was decided waits meanwhile.',
        cause: error,
      });
    });
  };
  const isAway = (): boolean => waiting !== undefined;
  const useIfThere: StudioDatabase['useIfThere'] = async (work, usualMillis = 0) => {
    if (isAway()) return null;
    const asked = use(work);
    const patienceMillis = isOpen ? PATIENCE_MILLIS + LATE_FACTOR * usualMillis : OPENING_MILLIS;
    const found = await settledWithin(asked, patienceMillis).catch((error: unknown) => {
      if (isWinnowError(error) && AWAY.has(error.code)) return null;
      throw error;
    });
    if (found !== null) return found;
    const mark = {};
    waiting = mark;
    const rest = (): void => {
      if (waiting === mark) waiting = undefined;
    };
    asked.then(rest, rest);
    return null;
  };
  const useOrAway: StudioDatabase['useOrAway'] = async (work, usualMillis) => {
    const found = await useIfThere(async (...there) => ({ value: await work(...there) }), usualMillis);
    if (found === null) throw databaseAway();
    return found.value;
  };
  return {
    isThere,
    use,
    useIfThere,
    useOrAway,
    async useOnceThere(work) {
      if (isThere()) await useOrAway((_db, { executeSql }) => executeSql('select 1'));
      return use(work);
    },
    isAway,
    async close() {
      isClosed = true;
      await empty.leave();
      const handle = await opening?.catch(() => undefined);
      opening = undefined;
      await handle?.close();
    },
  };
}

/**
 * Of a project that has none: kept, as a page asks for much and starting an empty Postgres takes seconds.
 * @param isOver whether it is left by whoever uses it last
 */
function emptyDatabase(open: () => Promise<DatabaseHandle>, isOver: () => boolean) {
  let kept: { readonly opened: Promise<DatabaseHandle>; users: number } | undefined;
  const leave = async (): Promise<void> => {
    if (kept === undefined || kept.users > 0) return;
    const { opened } = kept;
    kept = undefined;
    await (await opened).close();
  };
  const use: StudioDatabase['use'] = async (work) => {
    const used = (kept ??= { opened: open(), users: 0 });
    used.users += 1;
    try {
      const handle = await used.opened.catch((error: unknown) => {
        if (kept === used) kept = undefined;
        throw error;
      });
      return await work(handle.db, handle);
    } finally {
      used.users -= 1;
      if (isOver()) await leave();
    }
  };
  return { use, leave };
}
