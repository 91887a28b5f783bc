import { and, desc, eq, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { DuplicateMeasure, JsonValue, Outcome } from '@winnow/contracts';
import type { Database } from '../database';
import { builds, exclusions, samples } from '../schema';

export interface BuildRecord {
  readonly id: string;
  readonly project: string;
  readonly digest: string;
  readonly inputDigest: string;
  readonly sampleCount: number;
  readonly config: JsonValue;
  readonly counts: JsonValue;
  readonly duplicateMeasure?: DuplicateMeasure | null;
}

/** One picture of a build and where its bytes are. */
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

const ROWS_AT_ONCE = 500;

/** Indexes a finished build as the project's current one: all rows or none. One that is indexed already stays as it is. */
export async function saveBuild(
  db: Database,
  build: BuildRecord,
  rows: { readonly samples: readonly SampleRow[]; readonly exclusions: readonly ExclusionRow[] },
): Promise<void> {
  await db.transaction(async (tx) => {
    const inserted = await tx
      .insert(builds)
      .values({ ...build, usedAt: afterAllOthers(build.project) })
      .onConflictDoNothing()
      .returning({ id: builds.id });
    if (inserted.length === 0) return;
    for (const part of parts(rows.samples))
      await tx.insert(samples).values(part.map((row) => ({ ...row, buildId: build.id })));
    for (const part of parts(rows.exclusions)) {
      await tx.insert(exclusions).values(part.map((row) => ({ ...row, buildId: build.id })));
    }
  });
}

/** Makes a build that is indexed already the project's current one. */
export async function markBuildUsed(db: Database, { id, project }: Pick<BuildRecord, 'id' | 'project'>): Promise<void> {
  await db
    .update(builds)
    .set({ usedAt: afterAllOthers(project) })
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

/** The build that the project last built or came back to, or the one that is named. */
export async function latestBuild(db: Database, project: string, id?: string): Promise<BuildRecord | undefined> {
  const [row] = await db
    .select()
    .from(builds)
    .where(id === undefined ? eq(builds.project, project) : and(eq(builds.project, project), eq(builds.id, id)))
    .orderBy(desc(builds.usedAt), desc(builds.id))
    .limit(1);
  return row;
}

/** All pictures of a build, in its order. */
export async function listSamples(db: Database, buildId: string): Promise<readonly SampleRow[]> {
  const rows = await db.select().from(samples).where(eq(samples.buildId, buildId)).orderBy(samples.position);
  return rows.map(({ buildId: _buildId, ...row }) => row);
}

/** What a build left out, sorted by digest and class. */
export async function listExclusions(db: Database, buildId: string): Promise<readonly ExclusionRow[]> {
  const rows = await db.select().from(exclusions).where(eq(exclusions.buildId, buildId));
  const sortKey = (row: ExclusionRow): string => `${row.sha256} ${row.className}`;
  return rows
    .map(({ buildId: _buildId, ...row }) => row)
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0));
}

function parts<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, index) =>
    rows.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  );
}
