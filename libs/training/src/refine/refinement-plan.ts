import { WinnowError } from '@winnow/contracts';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { oneOf, wholeBetween } from '../method-settings';
import { isNativeTeacher } from './copy-network';
import type { RefinementDepth, RefineSettings } from './refinement';
import { FOLD_COUNT } from './fold-data';

export const REFINE_DEFAULTS = {
  /**
   * Whether the teacher is refined before the student learns: `full`: all its weights; `head`: its logits, from its
   * features; `auto`: as deep as it can be at a small input. Not unless asked for: the teacher gains, but the one student
   * that was measured did not (docs/method.md).
   */
  refine: 'none',
  /** Passes of each copy of the teacher over the pool; 0: a fifth of the run's epochs, 1 to 4. */
  refineEpochs: 0,
};
export const REFINE_RULES = { refine: oneOf('auto', 'none', 'head', 'full'), refineEpochs: wholeBetween(0, 100) };

/** Below it a fold is too few images to learn from, and too few to judge by. */
const MIN_IMAGES = 200;
/** Of fewer a mean has no standard error to speak of, and a fold may lack the classes that it is asked about. */
const MIN_FOLD_IMAGES = 10;
/** Training a teacher for large images takes more memory and time than a student's run should. */
const MAX_FULL_SIZE = 64;
const RUN_FRACTION = 0.2;
const MAX_EPOCHS = 4;
/**
 * Label models that are fitted to the pool, at most: at four fractions, at the ridges of a head or the second view of copies,
 * each with either half of the labels, and the split at the end.
 */
const FITS: Readonly<Record<RefinementDepth, number>> = { head: 20, full: 22 };
/** Images that copies are asked about, over those of the pool: alone and with their mirror images, by the other copy and by the mean. */
const REQUESTED: Readonly<Record<RefinementDepth, number>> = { head: 0, full: 6 };

/** What the run knows that a refinement is planned for. */
export interface RefinedRun {
  readonly teacher: FrozenTeacher;
  /** Images of the pool. */
  readonly count: number;
  /** Of the student. */
  readonly epochs: number;
  readonly batch: number;
}

/** How a teacher is refined before a run, and what that takes beyond the run itself. */
export interface RefinementPlan {
  readonly depth: RefinementDepth;
  /** Passes of each copy over the pool; of no use to a head. */
  readonly epochs: number;
  /** Of all copies of the teacher; 0 for a head. */
  readonly steps: number;
  /** Passes of the teacher over the pool without learning. */
  readonly requested: number;
  /** Label models that are fitted to the pool, at most. */
  readonly fits: number;
}

/**
 * What settings come to with a teacher and a pool; null where the teacher stays as it is.
 * @throws WinnowError CONFIG_INVALID for a depth that the teacher cannot be refined to, or by so few images
 */
export function planRefinement(
  { refine, refineEpochs }: RefineSettings,
  { teacher, count, epochs: runEpochs, batch }: RefinedRun,
): RefinementPlan | null {
  const depth = depthOf(refine, { teacher, count });
  if (depth === null) return null;
  const few = Math.max(1, Math.min(MAX_EPOCHS, Math.round(RUN_FRACTION * runEpochs)));
  const epochs = refineEpochs > 0 ? refineEpochs : few;
  const steps = depth === 'head' ? 0 : FOLD_COUNT * epochs * Math.max(1, Math.floor(count / batch));
  return { depth, epochs, steps, requested: REQUESTED[depth], fits: FITS[depth] };
}

function depthOf(
  refine: string,
  { teacher, count }: { readonly teacher: FrozenTeacher; readonly count: number },
): RefinementDepth | null {
  const isNative = isNativeTeacher(teacher);
  const hasFeatures = teacher.featureDim > 0;
  if (refine === 'none') return null;
  if (refine === 'full' && !isNative) throw cannot('full', "all weights of a network that is not of winnow's own architectures cannot be trained"); // prettier-ignore
  if (refine === 'head' && !hasFeatures) throw cannot('head', 'the teacher gives no features');
  if (refine !== 'auto') {
    const least = FOLD_COUNT * MIN_FOLD_IMAGES;
    if (count < least)
      throw cannot(refine, `${count} images are too few to learn from and to judge by, it takes ${least}`);
    return refine as RefinementDepth;
  }
  if (count < MIN_IMAGES) return null;
  if (isNative && teacher.input.size <= MAX_FULL_SIZE) return 'full';
  return hasFeatures ? 'head' : null;
}

function cannot(depth: string, why: string): WinnowError {
  return new WinnowError('CONFIG_INVALID', `the teacher cannot be refined so: ${why}`, {
    where: `setting refine: ${depth}`,
    next: 'Set refine to auto, or leave it out.',
  });
}
