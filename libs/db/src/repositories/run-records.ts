import { and, eq } from 'drizzle-orm';
import type { RunSummary } from '@winnow/contracts';
import type { Database } from '../database';
import { runs } from '../schema';

export interface RunRow {
  readonly identity: string;
  /** Name of the run's folder. */
  readonly folder: string;
  readonly project: string;
  readonly buildId: string;
  readonly splitId: string | null;
  readonly method: string;
  readonly model: string;
  readonly seed: number;
  readonly summary: RunSummary;
}

/** Records a finished run; of one that is recorded already only where it lies is learnt: it may have been moved, or trained again. */
export async function saveRun(db: Database, run: RunRow): Promise<void> {
  await db
    .insert(runs)
    .values(run)
    .onConflictDoUpdate({ target: runs.identity, set: { folder: run.folder } });
}

/** Replaces a run's summary, e.g. after evaluating it on other test images. */
export async function updateRunSummary(db: Database, identity: string, summary: RunSummary): Promise<void> {
  await db.update(runs).set({ summary }).where(eq(runs.identity, identity));
}

/** A project's finished runs, of one build where it is named; sorted by method, then seed. */
export async function listFinishedRuns(db: Database, project: string, buildId?: string): Promise<readonly RunRow[]> {
  const rows = await db
    .select()
    .from(runs)
    .where(
      buildId === undefined ? eq(runs.project, project) : and(eq(runs.project, project), eq(runs.buildId, buildId)),
    );
  return rows
    .map(({ finishedAt: _finishedAt, ...row }) => row)
    .sort((a, b) =>
      a.method < b.method ? -1 : a.method > b.method ? 1 : a.seed - b.seed || (a.identity < b.identity ? -1 : 1),
    );
}
