import { and, desc, eq, gt, sql } from 'drizzle-orm';
import type { JsonValue, NoiseKind, SplitQuality } from '@winnow/contracts';
import type { Database } from '../database';
import { queryColumn } from '../query';
import { splits, splitSamples } from '../schema';

export interface SplitRecord {
  readonly id: string;
  readonly project: string;
  readonly buildId: string;
  readonly method: string;
  readonly teacherDigest: string;
  readonly config: JsonValue;
  readonly counts: JsonValue;
  readonly quality?: SplitQuality | null;
}

/** How many decisions a split was made with, and their digest; null where it was made without. */
export function correctionsOf({
  config,
}: Pick<SplitRecord, 'config'>): { readonly count: number; readonly digest: string } | null {
  const { corrections } = (config ?? {}) as {
    readonly corrections?: { readonly count: number; readonly digest: string };
  };
  return corrections ?? null;
}

/** What a split says of one image. */
export interface SplitRow {
  readonly key: string;
  readonly kind: NoiseKind;
  readonly cleanProbability: number;
  readonly closedProbability: number;
  readonly openProbability: number;
  /** The teacher's label, an index into the class list. */
  readonly refinedLabel: number;
  readonly score: number;
}

const ROWS_AT_ONCE = 500;

/** Stores a split: all rows or none. One that is there already stays as it is. */
export async function saveSplit(db: Database, split: SplitRecord, rows: readonly SplitRow[]): Promise<void> {
  await db.transaction(async (tx) => {
    const inserted = await tx.insert(splits).values(split).onConflictDoNothing().returning({ id: splits.id });
    if (inserted.length === 0) return;
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const part = rows.slice(from, from + ROWS_AT_ONCE);
      await tx.insert(splitSamples).values(part.map((row) => ({ ...row, splitId: split.id })));
    }
  });
}

/** Stores how a split compares with a known truth. */
export async function recordSplitQuality(db: Database, id: string, quality: SplitQuality): Promise<void> {
  await db.update(splits).set({ quality }).where(eq(splits.id, id));
}

/** The split of this id, if it was made. */
export async function findSplit(db: Database, id: string): Promise<SplitRecord | undefined> {
  const [row] = await db.select().from(splits).where(eq(splits.id, id));
  return row;
}

/** Every split of a build, newest first. */
export async function listSplits(db: Database, project: string, buildId: string): Promise<readonly SplitRecord[]> {
  return db
    .select()
    .from(splits)
    .where(and(eq(splits.project, project), eq(splits.buildId, buildId)))
    .orderBy(desc(splits.createdAt), desc(sql`${splits.id} collate "C"`));
}

/** What a split says of each image, sorted by key. */
export async function listSplitSamples(db: Database, splitId: string): Promise<readonly SplitRow[]> {
  const rows = await db.select().from(splitSamples).where(eq(splitSamples.splitId, splitId));
  return rows.map(({ splitId: _splitId, ...row }) => row).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/**
 * The next part of what a split says, sorted by key as the database sorts.
 * @param afterKey the last key of the part before; empty for the first
 */
export async function pageSplitSamples(
  db: Database,
  splitId: string,
  { afterKey, count }: { readonly afterKey: string; readonly count: number },
): Promise<readonly SplitRow[]> {
  const rows = await db.transaction(
    async (tx) => {
      // The embedded database gathers no statistics, and without them each part sorts all rows that are left.
      await tx.execute(
        sql`select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
      );
      return tx
        .select()
        .from(splitSamples)
        .where(and(eq(splitSamples.splitId, splitId), gt(splitSamples.key, afterKey)))
        .orderBy(splitSamples.key)
        .limit(count);
    },
    { accessMode: 'read only' },
  );
  return rows.map(({ splitId: _splitId, ...row }) => row);
}

/** What people decided of one image: an index into the class list; null: none of the classes. */
export interface DecidedLabel {
  readonly sha256: string;
  readonly label: number | null;
}

const DECIDED_AT_ONCE = 5000;

/** Whether a split says otherwise of an image of its data set than people decided: they did since it was made. */
export async function isSplitBehind(
  db: Database,
  { id, buildId }: Pick<SplitRecord, 'id' | 'buildId'>,
  decided: readonly DecidedLabel[],
): Promise<boolean> {
  for (let from = 0; from < decided.length; from += DECIDED_AT_ONCE) {
    const part = JSON.stringify(decided.slice(from, from + DECIDED_AT_ONCE));
    const found = await queryColumn<number>(
      db,
      sql`
        select 1 from jsonb_to_recordset(${part}::jsonb) as d(sha256 text, label integer)
        join samples s on s.build_id = ${buildId} and s.sha256 = d.sha256
        join split_samples r on r.split_id = ${id} and r.key = s.key
        where not case when d.label is null then r.open_probability = 1
          when d.label = s.label then r.clean_probability = 1
          else r.closed_probability = 1 and r.refined_label = d.label end
        limit 1`,
    );
    if (found.length > 0) return true;
  }
  return false;
}
