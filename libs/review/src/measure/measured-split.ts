import { measurePlanSettingsSchema, NOISE_KINDS } from '@winnow/contracts';
import type { DecisionLogLine, JsonValue, NoiseKind, SplitMeasured, StudioMeasure } from '@winnow/contracts';
import { isCleanedConfig } from '../decisions/base-split';
import { DecisionLog } from '../decisions/decision-log';
import { looksOfPlan, measureByLooks } from './judge-looks';
import type { MeasuredSplit } from './judge-looks';

/** A split of a data set, and what it says of the images. */
export interface SplitToMeasure {
  readonly id: string;
  readonly method: string;
  readonly teacherDigest: string;
  /** Decisions are in it: its own looks would always find it right. */
  readonly isCorrected: boolean;
  readonly says: MeasuredSplit;
}

/** How what is stored is read. */
export interface MeasureReader {
  /** The plan that measures the split: as `measurePlanFor` of @winnow/db. */
  plan(): Promise<{ readonly id: string; readonly splitId: string; readonly settings: JsonValue } | undefined>;
  /** Another split of the same data set; null where it is gone. */
  split(id: string): Promise<SplitToMeasure | null>;
  decisions(): Promise<Iterable<DecisionLogLine>>;
  /** Keys of images that were to be forgotten since. */
  forgottenKeys(): Promise<readonly string[]>;
  keyOf(row: number): string;
  /** Of an image. */
  digestOf(row: number): string;
}

/** What looks say, and of which split that is. */
export type MeasureOfSplit = Omit<StudioMeasure, 'plan' | 'splitId'> &
  Pick<SplitMeasured, 'lastLookAt'> & { readonly splitId: string };

/**
 * What blind looks of people say of a split, or of the one that it was before decisions corrected it: by its own plan, or
 * else by the newest of the same data set.
 * @returns null where nobody measured this data set, and where the split that was measured is gone
 */
export async function measureSplit(found: SplitToMeasure, reader: MeasureReader): Promise<MeasureOfSplit | null> {
  const plan = await reader.plan();
  const settings = measurePlanSettingsSchema.safeParse(plan?.settings).data;
  if (plan === undefined || settings === undefined) return null;
  const drawn = plan.splitId === found.id ? found : await reader.split(plan.splitId);
  if (drawn === null) return null;
  // Looks at the split of another method or teacher say nothing of what this one was before decisions.
  if (found.isCorrected && (drawn.method !== found.method || drawn.teacherDigest !== found.teacherDigest)) return null;
  const measured = found.isCorrected ? drawn : found;
  const forgotten = new Set(await reader.forgottenKeys());
  const log = new DecisionLog(await reader.decisions(), found.says.classes);
  const measure = measureByLooks({
    plan: { id: plan.id, ...settings },
    looks: looksOfPlan(settings, drawn.says.kinds, (row) => reader.digestOf(row)),
    log,
    split: measured.says,
    isOther: measured.id !== plan.splitId,
    isForgotten: (row) => forgotten.has(reader.keyOf(row)),
  });
  const lastLookAt = log.looksOf(plan.id).at(-1)?.at;
  return { splitId: measured.id, ...(lastLookAt !== undefined && { lastLookAt }), ...measure };
}

/**
 * What is kept of it with a run and shown on cards; null before every kind was looked at.
 * @param build record of the data set
 */
export function splitMeasured(
  measure: MeasureOfSplit | null,
  build: { readonly config: JsonValue } | undefined,
): SplitMeasured | null {
  if (measure === null || measure.overall === null) return null;
  const { splitId, lastLookAt, overall, labels, kinds } = measure;
  return {
    splitId,
    ...(lastLookAt !== undefined && { lastLookAt }),
    isComplete: kinds.every((kind) => kind.isComplete),
    overall,
    ...(labels && { labels }),
    ...(build && isCleanedConfig(build.config) && { isOfCleaned: true }),
    kinds: kinds.map(({ kind, looked, precision, recall }) => ({ kind, looked, precision, recall })),
  };
}

/** A row of a split, as it is stored. */
interface StoredVerdict {
  readonly kind: NoiseKind;
  readonly cleanProbability: number;
  readonly closedProbability: number;
  readonly openProbability: number;
  readonly refinedLabel: number;
}

/** @param rows of all images, in their order, as `labels` are */
export function splitSays(
  rows: readonly StoredVerdict[],
  labels: ArrayLike<number>,
  classes: readonly string[],
): MeasuredSplit {
  const probabilitiesOf = (row: number): readonly number[] => {
    const { cleanProbability, closedProbability, openProbability } = rows[row] as StoredVerdict;
    return [cleanProbability, closedProbability, openProbability];
  };
  return {
    kinds: Uint8Array.from(rows, ({ kind }) => NOISE_KINDS.indexOf(kind)),
    probabilityOf: (row, kind) => probabilitiesOf(row)[kind] as number,
    labels,
    refinedLabels: rows.map(({ refinedLabel }) => refinedLabel),
    classes,
  };
}
