import { and, desc, eq, exists, or, sql } from 'drizzle-orm';
import type { JsonValue } from '@winnow/contracts';
import type { Database } from '../database';
import { measurePlans, splits } from '../schema';

/** Which images are looked at to measure a noise split. */
export interface MeasurePlanRecord {
  readonly id: string;
  readonly buildId: string;
  /** Whose kinds it draws from. */
  readonly splitId: string;
  readonly person: string;
  readonly settings: JsonValue;
}

/** Stores a plan; one of the same id, which was extended, gets the new settings. */
export async function saveMeasurePlan(db: Database, project: string, plan: MeasurePlanRecord): Promise<void> {
  await db
    .insert(measurePlans)
    .values({ ...plan, project })
    .onConflictDoUpdate({ target: measurePlans.id, set: { settings: plan.settings } });
}

const { id, buildId, splitId, person, settings } = measurePlans;
const COLUMNS = { id, buildId, splitId, person, settings };
const NEWEST_FIRST = [desc(measurePlans.at), desc(sql`${measurePlans.id}::text collate "C"`)];

/** Newest first. */
export async function listMeasurePlans(db: Database, project: string): Promise<readonly MeasurePlanRecord[]> {
  return db
    .select(COLUMNS)
    .from(measurePlans)
    .where(eq(measurePlans.project, project))
    .orderBy(...NEWEST_FIRST);
}

/**
 * The plan that measures a split: its own, or else the newest of another split of the same data set. A database that was
 * rescued may have plans of splits that are gone: those measure nothing.
 */
export async function measurePlanFor(
  db: Database,
  project: string,
  split: { readonly id: string; readonly buildId: string },
): Promise<MeasurePlanRecord | undefined> {
  const isOwn = eq(measurePlans.splitId, split.id);
  const isThere = exists(db.select({ id: splits.id }).from(splits).where(eq(splits.id, measurePlans.splitId)));
  const [plan] = await db
    .select(COLUMNS)
    .from(measurePlans)
    .where(and(eq(measurePlans.project, project), eq(measurePlans.buildId, split.buildId), or(isOwn, isThere)))
    .orderBy(desc(isOwn), ...NEWEST_FIRST)
    .limit(1);
  return plan;
}
