import type { CommandIo } from '@winnow/contracts';
import { openEmbedded } from './embedded/open-embedded';
import { openPostgres } from './open-postgres';
import type { DatabaseHandle } from './database';
import type { OpenPostgresOptions } from './open-postgres';
import type { LockRetryWindow } from './wait-for-lock';

export interface OpenDatabaseOptions extends OpenPostgresOptions, LockRetryWindow {
  /** postgres:// URL of a server; undefined: the embedded database in `stateDir`. */
  readonly url?: string | undefined;
  /** Folder `.winnow` of the project. */
  readonly stateDir: string;
  /** What holds the embedded database, for whoever cannot come in, e.g. `winnow crawl`. */
  readonly holder: string;
  /** False: an embedded database that does not exist is not made; it reads as an empty one. Default: true. */
  readonly create?: boolean | undefined;
  /** True: an embedded one lets nobody in where nobody is there; the handle's `isAlone` says whether that came about. */
  readonly alone?: boolean | undefined;
}

/** What a project says of its database; a project's configuration is one. */
export interface ProjectDatabase {
  readonly databaseUrl: string | undefined;
  readonly paths: { readonly state: string };
}

/** How long a command waits for a server that is not there when it begins: it may be restarting. */
const START_MILLIS = 10_000;

/** How long a command waits for a server that went away: it may be restarted, or moved, in the middle of long work. */
export const DATABASE_RETRY_WINDOW_MILLIS = 600_000;

/**
 * Opens the project's database and brings its schema up to date.
 * A server that goes away later is waited for, as long as `retryWindowMillis` says (default: half a minute). An embedded one that
 * another process has open is shared with it.
 * @throws WinnowError DATABASE_UNREACHABLE (server), DATABASE_BUSY (embedded one whose holder lets nobody in),
 *   DATABASE_DAMAGED, FILE_NOT_WRITABLE, DISK_FULL or RESOURCE_LIMIT (embedded one's folder)
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<DatabaseHandle> {
  return options.url === undefined || options.url === '' ? openEmbedded(options) : openPostgres(options.url, options);
}

/**
 * Opens a project's database for a command. A server that is away, from the beginning or later, is waited for, and that is
 * said.
 * @throws WinnowError as openDatabase
 */
export function openProjectDatabase(
  { databaseUrl, paths }: ProjectDatabase,
  {
    startMillis = START_MILLIS,
    ...options
  }: Pick<
    OpenDatabaseOptions,
    'holder' | 'create' | 'alone' | 'startMillis' | 'isBrief' | 'busyMillis' | 'connections'
  >,
  io: Pick<CommandIo, 'log' | 'signal'>,
): Promise<DatabaseHandle> {
  return openDatabase({
    url: databaseUrl,
    stateDir: paths.state,
    ...options,
    retryWindowMillis: DATABASE_RETRY_WINDOW_MILLIS,
    startMillis,
    signal: io.signal,
    onTrouble: (reason) => io.log(`The database is away (${reason}); waiting for it.`),
    onBusy: ({ command, pid }) =>
      io.log(`The embedded database is in use by \`${command}\` (process ${pid}); waiting for it to end.`),
  });
}

/**
 * Opens a project's database for a command, as openProjectDatabase, for as long as `work` takes.
 * @throws WinnowError as openDatabase; what `work` throws
 */
export async function withProjectDatabase<T>(
  project: ProjectDatabase,
  options: Parameters<typeof openProjectDatabase>[1],
  io: Parameters<typeof openProjectDatabase>[2],
  work: (database: DatabaseHandle) => Promise<T>,
): Promise<T> {
  const database = await openProjectDatabase(project, options, io);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
