import { compareText } from '@winnow/contracts';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { DuplicateMeasure, JsonValue, Outcome } from '@winnow/contracts';
import type { Database } from '../database';
import { queryRows, textList } from '../query';
import { builds, exclusions, samples } from '../schema';
import { markBuilds } from './mark-builds';
import { shareCrawl } from './crawl/crawl-rounds';

export interface BuildRecord {
  readonly id: string;
  readonly project: string;
  readonly digest: string;
  readonly inputDigest: string;
  readonly sampleCount: number;
  readonly config: JsonValue;
  readonly counts: JsonValue;
  readonly duplicateMeasure?: DuplicateMeasure | null;
  /** Of samples whose image is to be forgotten since. A new build has none. */
  readonly forgottenKeys?: readonly string[];
  /** Number of the newest decision that the last build command which came to it had read; null: that is not known. */
  readonly lastDecision?: number | null;
}

/** One image of a build and where its bytes are. */
export interface SampleRow {
  readonly key: string;
  readonly position: number;
  readonly shard: string;
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
  readonly className: string;
  readonly label: number;
  readonly conflicts: readonly string[];
  readonly copies: number;
}

export interface ExclusionRow {
  readonly sha256: string;
  readonly className: string;
  readonly outcome: Outcome;
  readonly keptSha256: string | null;
  readonly detail: string | null;
}

const ROWS_AT_ONCE = 5000;

/**
 * Indexes a finished build as the project's current one: all rows or none. One that is indexed already stays as it is; one
 * that was rescued from its files alone, and whose inputs are known by now, gets what those do not tell.
 */
export async function saveBuild(
  db: Database,
  build: BuildRecord,
  rows: { readonly samples: readonly SampleRow[]; readonly exclusions: readonly ExclusionRow[] },
): Promise<void> {
  await db.transaction(async (tx) => {
    // Takedowns lock the project for themselves: they see this build, or are seen by it.
    await shareCrawl(tx, build.project);
    const inserted = await tx
      .insert(builds)
      .values({ ...build, usedAt: afterAllOthers(build.project) })
      .onConflictDoUpdate({
        target: builds.id,
        set: {
          ...{ inputDigest: build.inputDigest, counts: build.counts },
          ...{ usedAt: afterAllOthers(build.project), lastDecision: build.lastDecision ?? null },
        },
        setWhere: sql`${builds.inputDigest} = ${rescuedInputDigest(build.id)}`,
      })
      .returning({ isNew: sql<boolean>`xmax = 0` });
    const [row] = inserted;
    if (row === undefined) return;
    // The rows of a rescued build are there already; those of a new one must not meet any.
    const onConflict = row.isNew ? sql`` : sql`on conflict do nothing`;
    for (const part of parts(rows.samples)) await insertSamples(tx, { buildId: build.id, onConflict }, part);
    for (const part of parts(rows.exclusions)) await insertExclusions(tx, build.id, part);
    await markBuilds(tx, build.project);
  });
}

/** Stands for the digest of the inputs of a build of which only the files are left. */
export function rescuedInputDigest(id: string): string {
  return `rescued ${id}`;
}

/** As one parameter: a value list of so many rows takes thirty times as long. */
async function insertSamples(
  tx: Database,
  { buildId, onConflict }: { readonly buildId: string; readonly onConflict: SQL },
  rows: readonly SampleRow[],
): Promise<void> {
  await tx.execute(sql`
    insert into ${samples} (build_id, key, position, shard, "offset", length, sha256, class_name, label, conflicts, copies)
    select ${buildId}, r.key, r.position, r.shard, r."offset", r.length, r.sha256, r."className", r.label, r.conflicts, r.copies
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(key text, position integer, shard text, "offset" bigint,
      length integer, sha256 text, "className" text, label integer, conflicts jsonb, copies integer)
    ${onConflict}`);
}

async function insertExclusions(tx: Database, buildId: string, rows: readonly ExclusionRow[]): Promise<void> {
  await tx.execute(sql`
    insert into ${exclusions} (build_id, sha256, class_name, outcome, kept_sha256, detail)
    select ${buildId}, r.sha256, r."className", r.outcome, r."keptSha256", r.detail
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(sha256 text, "className" text, outcome text,
      "keptSha256" text, detail text)`);
}

/** Makes a build that is indexed already the project's current one. */
export async function markBuildUsed(
  db: Database,
  { id, project, lastDecision = null }: Pick<BuildRecord, 'id' | 'project' | 'lastDecision'>,
): Promise<void> {
  await db
    .update(builds)
    .set({ usedAt: afterAllOthers(project), lastDecision })
    .where(eq(builds.id, id));
}

/** Now, but later than any build of the project, also where the clock was set back or is coarse. */
function afterAllOthers(project: string): SQL {
  const latest = sql`select max("used_at") + interval '1 microsecond' from "builds" where "project" = ${project}`;
  return sql`greatest(now(), (${latest}))`;
}

/** Stores how a build's duplicates compare with a known truth. */
export async function recordDuplicateMeasure(db: Database, id: string, measure: DuplicateMeasure): Promise<void> {
  await db.update(builds).set({ duplicateMeasure: measure }).where(eq(builds.id, id));
}

/** The build made from exactly these inputs, if there is one. */
export async function findBuild(db: Database, project: string, inputDigest: string): Promise<BuildRecord | undefined> {
  const [row] = await db
    .select()
    .from(builds)
    .where(and(eq(builds.project, project), eq(builds.inputDigest, inputDigest)));
  return row;
}

/** Every build of a project, the one that was last built or come back to first. */
export async function listBuilds(db: Database, project: string): Promise<readonly BuildRecord[]> {
  return db
    .select()
    .from(builds)
    .where(eq(builds.project, project))
    .orderBy(desc(builds.usedAt), desc(sql`${builds.id} collate "C"`));
}

/** The build that the project last built or came back to, or the one that is named. */
export async function latestBuild(db: Database, project: string, id?: string): Promise<BuildRecord | undefined> {
  const [row] = await db
    .select()
    .from(builds)
    .where(id === undefined ? eq(builds.project, project) : and(eq(builds.project, project), eq(builds.id, id)))
    .orderBy(desc(builds.usedAt), desc(sql`${builds.id} collate "C"`))
    .limit(1);
  return row;
}

/** All images of a build, in its order. */
export async function listSamples(db: Database, buildId: string): Promise<readonly SampleRow[]> {
  const rows = await db.select().from(samples).where(eq(samples.buildId, buildId)).orderBy(samples.position);
  return rows.map(({ buildId: _buildId, ...row }) => row);
}

/** What a build has of one image: the first sample that was made of it. */
export async function readSample(
  db: Database,
  buildId: string,
  sha256: string,
): Promise<Pick<SampleRow, 'key' | 'conflicts'> | undefined> {
  const [row] = await db
    .select({ key: samples.key, conflicts: samples.conflicts })
    .from(samples)
    .where(and(eq(samples.buildId, buildId), eq(samples.sha256, sha256)))
    .orderBy(samples.position)
    .limit(1);
  return row;
}

/**
 * Builds of a project that hold images, themselves or as copies for which another stands; newest first.
 * @param digests sha256, hex
 */
export async function buildsHolding(
  db: Database,
  project: string,
  digests: readonly string[],
): Promise<readonly { readonly id: string; readonly images: number }[]> {
  return queryRows(
    db,
    sql`
      select b.id, count(distinct h.sha256)::integer as images from ${builds} b
      join (
        select s.build_id, s.sha256 from ${samples} s where s.sha256 = any(${textList(digests)})
        union all
        select e.build_id, e.sha256 from ${exclusions} e
        where e.sha256 = any(${textList(digests)}) and e.kept_sha256 is not null
      ) h on h.build_id = b.id
      where b.project = ${project}
      group by b.id, b.created_at order by b.created_at desc, b.id collate "C"`,
  );
}

/** What a build left out, sorted by digest and class. */
export async function listExclusions(db: Database, buildId: string): Promise<readonly ExclusionRow[]> {
  const rows = await db.select().from(exclusions).where(eq(exclusions.buildId, buildId));
  return rows
    .map(({ buildId: _buildId, ...row }) => row)
    .sort((a, b) => compareText(a.sha256, b.sha256) || compareText(a.className, b.className));
}

function parts<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, index) =>
    rows.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  );
}
