import { sql } from 'drizzle-orm';
import { WinnowError } from '@winnow/contracts';
import type { Database } from '../database';
import { queryColumn, queryRows } from '../query';
import type { BuildRecord } from './build-records';

/** A build with what speaks for keeping it. */
export interface BuildUse extends Pick<BuildRecord, 'id' | 'digest' | 'sampleCount'> {
  /** Samples that hold an image which was to be forgotten since. */
  readonly forgottenSamples: number;
  readonly splits: number;
  readonly runs: number;
}

/** A project's builds, the one that was used last first: that is the current one. */
export async function listBuildUses(db: Database, project: string): Promise<readonly BuildUse[]> {
  return queryRows<BuildUse>(
    db,
    sql`
      select b.id, b.digest, b.sample_count as "sampleCount", jsonb_array_length(b.forgotten_keys) as "forgottenSamples",
        (select count(*) from splits s where s.build_id = b.id)::integer as splits,
        (select count(*) from runs r where r.build_id = b.id)::integer as runs
      from builds b where b.project = ${project}
      order by b.used_at desc, b.id collate "C" desc`,
  );
}

/** Ids of the builds of all projects of the database that have a row for each of their samples. */
export async function listWholeBuildIds(db: Database): Promise<ReadonlySet<string>> {
  const whole = sql`select id from builds where (select count(*) from samples where build_id = id) = sample_count`;
  return new Set(await queryColumn(db, whole));
}

/** Ids of the builds of all projects of the database. */
export async function listBuildIds(db: Database): Promise<ReadonlySet<string>> {
  return new Set(await queryColumn(db, sql`select id from builds`));
}

/**
 * The id of a build that a person names: by the first characters of its id, `current` (used last) or `previous` (the
 * one before).
 * @throws WinnowError MISSING_INPUT where there is no such one yet, USAGE where no id begins so, or several do
 */
export async function resolveBuildId(db: Database, project: string, name: string): Promise<string> {
  const builds = await listBuildUses(db, project);
  const next = `Run \`winnow build\`, or name one of: ${builds.map(({ id }) => id).join(', ') || 'none yet'}.`;
  const location = ['current', 'previous'].indexOf(name);
  const found = location < 0 ? builds.filter(({ id }) => id.startsWith(name)) : builds.slice(location, location + 1);
  const [first] = found;
  if (first === undefined || name === '') {
    // A name that no build has is a slip of the pen, as one that several have; `current` of none is not.
    const code = location < 0 ? 'USAGE' : 'MISSING_INPUT';
    throw new WinnowError(code, `The project has no build "${name}"`, { where: project, next });
  }
  if (found.length > 1) {
    throw new WinnowError('USAGE', `${found.length} builds begin with "${name}"`, { where: project, next });
  }
  return first.id;
}

/**
 * Removes a build from the index, unless a split or a run uses it or it is the project's current one. All rows or none.
 * @returns whether it is gone
 */
export async function removeBuild(db: Database, project: string, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const unused = sql`
      select b.id from builds b where b.project = ${project} and b.id = ${id}
        and not exists (select from splits s where s.build_id = b.id)
        and not exists (select from runs r where r.build_id = b.id)
        and exists (select from builds o where o.project = b.project
          and (o.used_at, o.id collate "C") > (b.used_at, b.id collate "C"))
      for update of b`;
    if ((await queryColumn(tx, unused)).length === 0) return false;
    for (const table of ['samples', 'exclusions']) {
      await tx.execute(sql`delete from ${sql.identifier(table)} where build_id = ${id}`);
    }
    await tx.execute(sql`delete from builds where id = ${id}`);
    return true;
  });
}

/** How many images a build left out or folded, by outcome, in the order of the outcomes' names. */
export async function countExclusions(db: Database, buildId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await queryRows<{ readonly outcome: string; readonly count: number }>(
    db,
    sql`
      select outcome, count(*)::integer as count from exclusions where build_id = ${buildId}
      group by outcome order by outcome collate "C"`,
  );
  return new Map(rows.map(({ outcome, count }) => [outcome, count]));
}
