import { PGlite } from '@electric-sql/pglite';
import { databaseFolder } from '../embedded/embedded-state';

/** The class that specs get in its place (tools/jest/copying-pglite.js). */
interface KeepingPGlite {
  keepOpen?(folder: string): () => Promise<void>;
}

/**
 * For specs that run command after command over one project in this process: its embedded database, which each opens and
 * closes, stays open in between, as most of what a short command takes is to start Postgres. Not where another process
 * opens it, or files of it are changed or copied.
 * @returns closes it
 */
export function keepDatabaseOpen(stateDir: string): () => Promise<void> {
  return (PGlite as KeepingPGlite).keepOpen?.(databaseFolder(stateDir)) ?? (() => Promise.resolve());
}
