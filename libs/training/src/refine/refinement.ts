import type { SplitResult } from '@winnow/noise';
import type { FrozenTeacher } from '../teacher/frozen-network';
import type { LikelihoodGain } from './held-out';

/** How deep a refinement goes: a correction of the logits from the features, or all weights. */
export type RefinementDepth = 'head' | 'full';

/** A teacher after it learnt from what the label model makes of the given labels. */
export interface Refinement {
  /** What it says of every image and its mirror image, mean, [count, classCount] */
  readonly logits: Float32Array;
  /** The refined teacher, to be disposed of; null where the old one stays. */
  readonly teacher: FrozenTeacher | null;
  readonly report: RefinementReport;
  /** The split `winnow` by the refined logits of images that did not teach them, and the teacher's own features. */
  readonly split: SplitResult;
}

/** What a refinement did, for people and benches. */
export interface RefinementReport {
  readonly depth: RefinementDepth;
  /** Of the way from the teacher to what was learnt, 0 (the old teacher) to 1; chosen by likelihood. */
  readonly fraction: number;
  /** Mean log-likelihood of the given labels by teacher and a label model of other images, nats; `full`: asked about the image alone. */
  readonly before: number;
  /** The same by the refined teacher, whom the image did not teach either. */
  readonly after: number;
  readonly gain: LikelihoodGain;
}

/** What a run may say of it. */
export type RefineSettings = { readonly refine: string; readonly refineEpochs: number };
