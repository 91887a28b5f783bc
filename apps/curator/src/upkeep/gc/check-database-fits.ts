import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { isProjectKnown } from '@winnow/db';
import type { Database } from '@winnow/db';

/**
 * Another database knows nothing of the project: all its files would seem unneeded.
 * @throws WinnowError MISSING_INPUT
 */
export async function checkProjectKnown(db: Database, config: ProjectConfig): Promise<void> {
  if (await isProjectKnown(db, config.name)) return;
  throw wrongDatabase(config, `The database does not know the project "${config.name}"`);
}

/**
 * A database that has a project of the same name, but not a finished build or not most of the originals there, seems to
 * be another one too: a few images may have been imported into it since.
 * @param finished ids of sound builds without a row
 * @throws WinnowError MISSING_INPUT
 */
export function checkFilesKnown(
  config: ProjectConfig,
  [id, ...others]: readonly string[],
  { known, unknown }: { readonly known: number; readonly unknown: number },
): void {
  const found = known + unknown;
  let lacks = `only ${known} of the ${found} originals`;
  if (id !== undefined) {
    lacks = others.length === 0 ? `build ${id}` : `${others.length + 1} finished builds, such as ${id},`;
  }
  if (id === undefined && unknown <= known) return;
  const own = "If it is the project's own (images were forgotten, a command was killed), --force removes them.";
  const verb = id === undefined ? 'knows' : 'does not know';
  throw wrongDatabase(config, `The database ${verb} ${lacks} of "${config.name}"`, own);
}

const LOST = 'If that is lost, remove by hand what you do not need.';

function wrongDatabase({ databaseUrl, paths }: ProjectConfig, what: string, otherwise = LOST): WinnowError {
  const location = databaseUrl === undefined ? `embedded database ${path.join(paths.state, 'db')}` : 'DATABASE_URL';
  return new WinnowError('MISSING_INPUT', `${what}; nothing was removed`, {
    where: `${location}, files in ${paths.root}`,
    next: `Set DATABASE_URL to the database that the project was crawled or imported into. ${otherwise}`,
  });
}
