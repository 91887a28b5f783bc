import { count, eq, sql } from 'drizzle-orm';
import type { Database } from '../database';
import { builds, fetches, hits, runs, sightings, splits } from '../schema';

export interface ProjectStatus {
  readonly hits: number;
  /** Fetched URLs by outcome, most frequent first. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** URLs of which nothing is known yet. */
  readonly pending: number;
  /** Different original files. */
  readonly images: number;
  readonly builds: readonly { readonly id: string; readonly sampleCount: number }[];
  readonly splits: number;
  readonly runs: number;
}

/** Counts of everything that a project has in the database. */
export async function projectStatus(db: Database, project: string): Promise<ProjectStatus> {
  const [hitCount] = await db.select({ value: count() }).from(hits).where(eq(hits.project, project));
  const [imageCount] = await db
    .select({ value: sql<number>`count(distinct ${sightings.sha256})`.mapWith(Number) })
    .from(sightings)
    .where(eq(sightings.project, project));
  const byOutcome = await db
    .select({ outcome: fetches.outcome, value: count() })
    .from(fetches)
    .where(eq(fetches.project, project))
    .groupBy(fetches.outcome);
  const [splitCount] = await db.select({ value: count() }).from(splits).where(eq(splits.project, project));
  const [runCount] = await db.select({ value: count() }).from(runs).where(eq(runs.project, project));
  const buildRows = await db
    .select({ id: builds.id, sampleCount: builds.sampleCount })
    .from(builds)
    .where(eq(builds.project, project))
    .orderBy(builds.createdAt, builds.id);
  const known = byOutcome.filter((row) => row.outcome !== null).sort((a, b) => b.value - a.value);
  return {
    hits: hitCount?.value ?? 0,
    outcomes: Object.fromEntries(known.map((row) => [String(row.outcome), row.value])),
    pending: byOutcome.find((row) => row.outcome === null)?.value ?? 0,
    images: imageCount?.value ?? 0,
    builds: buildRows,
    splits: splitCount?.value ?? 0,
    runs: runCount?.value ?? 0,
  };
}
