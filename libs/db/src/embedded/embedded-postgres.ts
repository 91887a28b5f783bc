import { PGlite } from '@electric-sql/pglite';
import type { PGliteOptions } from '@electric-sql/pglite';

/** Filled with zeros at each start. With Postgres' 128 MB a table of 400 MB is read no faster: files are in the page cache. */
const START_PARAMETERS = ['-c', 'shared_buffers=32MB'];

/** Postgres within this process. */
export function createPostgres(options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({ startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS], ...options });
}
