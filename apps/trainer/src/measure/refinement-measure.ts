import { splitQuality } from '@winnow/noise';
import { accuracy, predict, type Refinement, type RefinementReport } from '@winnow/training';
import type { OpenWorld } from './open-world';

/** A refinement of the teacher as the truth judges it; the method is told nothing of it. 0..1 */
export interface RefinementMeasure extends RefinementReport {
  /** Of the refined teacher on the test images. */
  readonly refinedTeacherAccuracy: number;
  /** Of the noise split `winnow` by the refined logits; the bench's `split` is that of before. */
  readonly macroF1: number;
  /** Share of the images called closed whose refined label is right, by the refined logits. */
  readonly refinedLabelAccuracy: number | null;
}

/** @param kept rows of the pool that the method learns from; null for all */
export async function measureRefinement(
  { teacher: refined, split, report }: Refinement,
  {
    opened,
    kept,
    truth,
  }: { readonly opened: OpenWorld; readonly kept: readonly number[] | null; readonly truth: Int32Array },
): Promise<RefinementMeasure> {
  const { pool, test, teacher } = opened;
  const rows = kept ?? Array.from(truth.keys());
  const select = (labels: Int32Array): Int32Array => Int32Array.from(rows, (row) => labels[row] as number);
  const quality = splitQuality(split, {
    method: 'winnow',
    givenLabels: select(pool.images.labels),
    trueLabels: select(truth),
  });
  return {
    ...report,
    refinedTeacherAccuracy: accuracy(await predict(refined ?? teacher.frozen, test, { features: false }), test.labels),
    macroF1: quality.macroF1,
    refinedLabelAccuracy: quality.refinedAccuracy,
  };
}
