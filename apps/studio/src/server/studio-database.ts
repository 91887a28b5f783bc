import { existsSync } from 'node:fs';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { openProjectDatabase } from '@winnow/db';
import type { Database, DatabaseHandle } from '@winnow/db';
import type { ProjectConfig } from '@winnow/config';

/** The project's database for a server that is open all day beside other commands. */
export interface StudioDatabase {
  /**
   * Queries within `work` only.
   * @throws WinnowError as openDatabase: DATABASE_BUSY and DATABASE_UNREACHABLE are answered as "away"; INTERRUPTED once it is closed
   */
  use<T>(work: (db: Database, handle: DatabaseHandle) => Promise<T>): Promise<T>;
  /** False where nothing made one yet: then `use` reads an empty one, which keeps nothing. */
  isThere(): boolean;
  close(): Promise<void>;
}

/**
 * Opens nothing yet: a link is printed before the database is there. From its first use on it stays open, the embedded one too,
 * as that lets other commands in; one that does not exist yet is looked for again each time, as a crawl may make it.
 */
export function openStudioDatabase(config: ProjectConfig, io: Pick<CommandIo, 'log' | 'signal'>): StudioDatabase {
  let opening: Promise<DatabaseHandle> | undefined;
  let isClosed = false;
  const isThere = (): boolean => config.databaseUrl !== undefined || existsSync(path.join(config.paths.state, 'db'));
  const open = (): Promise<DatabaseHandle> =>
    openProjectDatabase(config, { holder: 'winnow studio', create: false }, io);
  return {
    isThere,
    async use(work) {
      // Opened again it would be left open, and the process would not end.
      if (isClosed) throw new WinnowError('INTERRUPTED', 'The studio has ended', { next: 'Start it again.' });
      if (opening === undefined && !isThere()) {
        const empty = await open();
        return work(empty.db, empty).finally(() => empty.close());
      }
      opening ??= open();
      const opened = opening;
      const handle = await opened.catch((error: unknown) => {
        if (opening === opened) opening = undefined;
        throw error;
      });
      return work(handle.db, handle);
    },
    async close() {
      isClosed = true;
      const handle = await opening?.catch(() => undefined);
      opening = undefined;
      await handle?.close();
    },
  };
}
