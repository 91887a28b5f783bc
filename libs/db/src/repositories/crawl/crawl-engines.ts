import { and, eq, gt, sql } from 'drizzle-orm';
import type { ResponseClass } from '@winnow/contracts';
import type { Database } from '../../database';
import { engines } from '../../schema';

export interface EngineHealth {
  readonly engine: string;
  readonly failures: number;
  readonly suspendedUntil: Date | null;
  readonly reason: ResponseClass | null;
}

/** Health of every engine that was ever suspended. */
export async function readEngineHealth(db: Database): Promise<readonly EngineHealth[]> {
  return db
    .select({
      engine: engines.engine,
      failures: engines.failures,
      suspendedUntil: engines.suspendedUntil,
      reason: engines.reason,
    })
    .from(engines)
    .orderBy(engines.engine);
}

/** Engines that are left alone now. */
export async function suspendedEngines(db: Database, now: Date): Promise<readonly EngineHealth[]> {
  const health = await readEngineHealth(db);
  return health.filter(({ suspendedUntil }) => suspendedUntil !== null && suspendedUntil > now);
}

/** Until when an engine is left alone; undefined while it may be asked. */
export async function engineSuspension(db: Database, engine: string, now: Date): Promise<Date | undefined> {
  const [row] = await db
    .select({ until: engines.suspendedUntil })
    .from(engines)
    .where(and(eq(engines.engine, engine), gt(engines.suspendedUntil, now)));
  return row?.until ?? undefined;
}

/** No worker asks this engine before the given time, or the one that was given before if that is later. */
export async function suspendEngine(
  db: Database,
  engine: string,
  suspension: { readonly until: Date; readonly reason: ResponseClass | null },
): Promise<void> {
  const set = { suspendedUntil: suspension.until, reason: suspension.reason };
  await db
    .insert(engines)
    .values({ engine, failures: 1, ...set })
    .onConflictDoUpdate({
      target: engines.engine,
      set: {
        reason: sql`case when ${engines.suspendedUntil} > ${suspension.until.toISOString()}::timestamptz
          then ${engines.reason} else ${suspension.reason} end`,
        suspendedUntil: sql`greatest(${engines.suspendedUntil}, ${suspension.until.toISOString()}::timestamptz)`,
        failures: sql`${engines.failures} + 1`,
      },
    });
}

/** Notes what an engine's last answer was; one with results ends a suspension. */
export async function noteEngineResponse(
  db: Database,
  engine: string,
  { responseClass, at }: { readonly responseClass: ResponseClass; readonly at: Date },
): Promise<void> {
  const answered = responseClass === 'ok' || responseClass === 'empty' || responseClass === 'last_page';
  const set = {
    lastClass: responseClass,
    lastAnswerAt: at,
    ...(answered ? { suspendedUntil: null, reason: null, failures: 0 } : {}),
  };
  await db
    .insert(engines)
    .values({ engine, ...set })
    .onConflictDoUpdate({ target: engines.engine, set });
}

/** The engine answers again. */
export async function clearEngineSuspension(db: Database, engine: string): Promise<void> {
  await db.update(engines).set({ suspendedUntil: null, reason: null, failures: 0 }).where(eq(engines.engine, engine));
}
