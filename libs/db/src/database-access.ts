import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import type { Database, DatabaseHandle } from './database';
import { DATABASE_RETRY_WINDOW_MILLIS, openProjectDatabase } from './open-database';
import type { OpenDatabaseOptions, ProjectDatabase } from './open-database';

/** A project's database for a command that computes for hours between its queries. */
export interface DatabaseAccess {
  /**
   * Queries within `work` only. The embedded database is held no longer than that, so that other commands get at it
   * meanwhile; where another one holds it by the second time, that is said and waited for.
   * @throws WinnowError as openDatabase; DATABASE_BUSY after ten minutes
   */
  use<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** Ends the connection to a server. */
  close(): Promise<void>;
}

/** Opens nothing yet. */
export function databaseAccess(
  project: ProjectDatabase,
  options: Pick<OpenDatabaseOptions, 'holder' | 'create'>,
  io: Pick<CommandIo, 'log' | 'signal'>,
): DatabaseAccess {
  let handle: DatabaseHandle | undefined;
  let isFirst = true;
  const open = async (): Promise<DatabaseHandle> => {
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
    const closing = handle;
    handle = undefined;
    await closing?.close();
  };
  return {
    async use(work) {
      handle ??= await open();
      const { db, kind } = handle;
      try {
        return await work(db);
      } finally {
        if (kind === 'pglite') await close();
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
