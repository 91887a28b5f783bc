import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { ensureCrawlPlan, rescueDatabase } from '@winnow/db';
import type { RescueResult } from '@winnow/db';
import { adoptStore, blobPlace, originalsOf } from '@winnow/store';
import { registerBuilds } from './register-builds';
import type { RegisteredBuilds } from './register-builds';
import { registerOriginals } from './register-originals';
import type { RegisteredOriginals } from './register-originals';
import { registerRuns } from './register-runs';
import type { RegisteredRuns } from './register-runs';

/** What was taken from files because no database knew it. */
export interface RegisteredFiles {
  readonly builds: RegisteredBuilds;
  readonly originals: RegisteredOriginals;
  readonly runs: RegisteredRuns;
}

/**
 * Makes a new embedded database for a project: from the damaged one, from the copy of its rows, and from originals, data
 * sets and runs on disk. One that was killed can be run again.
 * @throws WinnowError USAGE where the project is in a Postgres server; as rescueDatabase
 */
export async function rescueProject(
  config: ProjectConfig,
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<RescueResult<RegisteredFiles>> {
  const { paths, name: project, classes } = config;
  if (config.databaseUrl !== undefined) {
    throw new WinnowError('USAGE', 'The project is in a Postgres server, which has tools of its own', {
      where: 'environment variable DATABASE_URL',
      next: 'Restore a backup of the server, or unset DATABASE_URL to rescue an embedded database.',
    });
  }
  return rescueDatabase({ stateDir: paths.state, holder: 'winnow db rescue' }, async (db) => {
    const builds = await registerBuilds(db, paths.builds);
    await ensureCrawlPlan(db, { project, classes: classes.map(({ name }) => name), queries: [] });
    await adoptStore(db, config.store);
    const originals = await registerOriginals(db, {
      kept: originalsOf(blobPlace(config)),
      buildsDir: paths.builds,
      io,
    });
    return { builds, originals, runs: await registerRuns(db, paths.runs) };
  });
}
