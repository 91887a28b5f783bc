import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { isProjectKnown } from '@winnow/db';
import type { Database } from '@winnow/db';

/** How many builds and originals lie in a project's folders. */
export interface FolderContents {
  /** Which the database knows. */
  readonly known: number;
  readonly unknown: number;
}

/**
 * Another database knows nothing of the project: all its files would seem unneeded.
 * @throws WinnowError MISSING_INPUT
 */
export async function checkProjectKnown(db: Database, config: ProjectConfig): Promise<void> {
  if (await isProjectKnown(db, config.name)) return;
  throw wrongDatabase(config, `The database does not know the project "${config.name}"`);
}

/**
 * A database that has a project of the same name, but none of the files there, is another one too.
 * @throws WinnowError MISSING_INPUT
 */
export function checkFilesKnown(config: ProjectConfig, { known, unknown }: FolderContents): void {
  if (known > 0 || unknown === 0) return;
  throw wrongDatabase(config, `The database knows none of the ${unknown} builds and originals of "${config.name}"`);
}

function wrongDatabase({ databaseUrl, paths }: ProjectConfig, what: string): WinnowError {
  const place = databaseUrl === undefined ? `embedded database ${path.join(paths.state, 'db')}` : 'DATABASE_URL';
  return new WinnowError('MISSING_INPUT', `${what}; nothing was removed`, {
    where: `${place}, files in ${paths.root}`,
    next: 'Set DATABASE_URL to the database that the project was crawled or imported into. If that is lost, remove by hand what you do not need.',
  });
}
