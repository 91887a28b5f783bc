import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import type { Database, DatabaseHandle } from './database';
import { DATABASE_RETRY_WINDOW_MILLIS, openProjectDatabase } from './open-database';
import type { OpenDatabaseOptions, ProjectDatabase } from './open-database';

/** A project's database for a command that computes for hours between its queries. */
export interface DatabaseAccess {
  /**
   * Queries within `work` only. The embedded database is held for hardly longer than that, so that other commands get at it
   * meanwhile; where another one holds it by the second time, that is said and waited for.
   * @throws WinnowError as openDatabase; DATABASE_BUSY after ten minutes
   */
  use<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** Ends the connection to a server. */
  close(): Promise<void>;
}

/** Opening the embedded database takes as long: what follows at once finds it open. */
const LINGER_MILLIS = 500;

/** Opens nothing yet. */
export function databaseAccess(
  project: ProjectDatabase,
  options: Pick<OpenDatabaseOptions, 'holder' | 'create'>,
  io: Pick<CommandIo, 'log' | 'signal'>,
): DatabaseAccess {
  let handle: Promise<DatabaseHandle> | undefined;
  let closing: Promise<void> | undefined;
  let lingering: NodeJS.Timeout | undefined;
  let users = 0;
  let isFirst = true;
  const open = async (): Promise<DatabaseHandle> => {
    // What went wrong in closing is told once.
    const closed = closing;
    closing = undefined;
    await closed;
    // Refused at the start, a person can act; later, hours of computing wait to be stored.
    const busyMillis = isFirst ? 0 : DATABASE_RETRY_WINDOW_MILLIS;
    const opened = await openProjectDatabase(project, { ...options, isBrief: true, busyMillis }, io).catch(
      (error: unknown) => {
        throw isFirst ? error : whenWaitedFor(error);
      },
    );
    isFirst = false;
    return opened;
  };
  const close = async (): Promise<void> => {
    clearTimeout(lingering);
    const opened = handle;
    handle = undefined;
    if (opened !== undefined) closing = opened.then((found) => found.close());
    await closing;
  };
  const linger = (): void => {
    lingering = setTimeout(() => void close().catch(() => undefined), LINGER_MILLIS);
  };
  return {
    async use(work) {
      clearTimeout(lingering);
      users += 1;
      let kind: DatabaseHandle['kind'] = 'pglite';
      try {
        handle ??= open().catch((error: unknown) => {
          handle = undefined;
          throw error;
        });
        const opened = await handle;
        ({ kind } = opened);
        return await work(opened.db);
      } finally {
        users -= 1;
        if (users === 0 && kind === 'pglite') linger();
      }
    },
    close,
  };
}

function whenWaitedFor(error: unknown): unknown {
  if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') return error;
  return new WinnowError('DATABASE_BUSY', error.message, {
    where: error.where,
    next: 'What was computed is kept in files: once that command has ended, run this one again to store it.',
    cause: error,
  });
}
