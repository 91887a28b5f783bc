import { loadProject } from '@winnow/config';
import type { Override, ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo } from '@winnow/contracts';
import { databaseAccess, latestBuild } from '@winnow/db';
import type { BuildRecord, DatabaseAccess } from '@winnow/db';

/** A project opened for a command. */
export interface OpenProject {
  /** As the person named it. */
  readonly file: string;
  readonly config: ProjectConfig;
  /** Queries; the embedded database is held for that long only: no network is asked within. */
  readonly withDatabase: DatabaseAccess['use'];
  readonly io: CommandIo;
}

/**
 * Loads the project file, and gives `work` its database where it asks for it.
 * @param overrides values of flags, by dotted key
 */
export async function withProject<T>(
  { title, input, io }: { readonly title: string; readonly input: CommandInput; readonly io: CommandIo },
  overrides: readonly Override[],
  work: (project: OpenProject) => Promise<T>,
): Promise<T> {
  const file = String(input.arguments['project']);
  const config = await loadProject(file, { cwd: io.cwd, env: io.env, overrides });
  const database = databaseAccess(config, { holder: title, create: false }, io);
  try {
    return await work({ file, config, withDatabase: (query) => database.use(query), io });
  } finally {
    await database.close();
  }
}

/** The project's newest build. @throws WinnowError MISSING_INPUT */
export async function requireBuild({ withDatabase, config, file }: OpenProject): Promise<BuildRecord> {
  const build = await withDatabase((db) => latestBuild(db, config.name));
  if (build !== undefined) return build;
  throw new WinnowError('MISSING_INPUT', 'The project has no data set yet', {
    where: file,
    next: `Run \`winnow build ${file}\` first.`,
  });
}
