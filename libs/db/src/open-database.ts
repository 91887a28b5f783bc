import path from 'node:path';
import { openEmbedded } from './open-embedded';
import { openPostgres } from './open-postgres';
import type { DatabaseHandle } from './database';
import type { PatienceOptions } from './patience';

export interface OpenDatabaseOptions extends Partial<PatienceOptions> {
  /** postgres:// URL of a server; undefined: the embedded database in `stateDir`. */
  readonly url?: string | undefined;
  /** Folder `.winnow` of the project. */
  readonly stateDir: string;
  /** What holds the embedded database, for the message that a second command gets, e.g. `winnow crawl`. */
  readonly holder: string;
}

/** The one set of migrations, for both drivers. */
export const MIGRATIONS_DIR = path.resolve(__dirname, '../../../migrations');

/**
 * Opens the project's database and brings its schema up to date.
 * A server that goes away later is waited for, as long as `patienceMillis` says (default: half a minute).
 * @throws WinnowError DATABASE_UNREACHABLE (server), DATABASE_BUSY (embedded one held by another process),
 *   FILE_NOT_WRITABLE or DISK_FULL (embedded one's folder)
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<DatabaseHandle> {
  return options.url === undefined || options.url === ''
    ? openEmbedded(options.stateDir, options.holder)
    : openPostgres(options.url, options);
}
