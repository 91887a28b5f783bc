import { desc, eq, sql } from 'drizzle-orm';
import type { JsonValue } from '@winnow/contracts';
import type { Database } from '../database';
import { measurePlans } from '../schema';

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

/** Newest first. */
export async function listMeasurePlans(db: Database, project: string): Promise<readonly MeasurePlanRecord[]> {
  const { id, buildId, splitId, person, settings } = measurePlans;
  return db
    .select({ id, buildId, splitId, person, settings })
    .from(measurePlans)
    .where(eq(measurePlans.project, project))
    .orderBy(desc(measurePlans.at), desc(sql`${measurePlans.id}::text collate "C"`));
}
