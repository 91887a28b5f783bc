import type { SplitName } from '@winnow/contracts';
import { agreementSplit } from './agreement-split';
import { edlGmmSplit } from './edl-gmm-split';
import { knnSplit } from './knn-split';
import { smallLossSplit } from './small-loss-split';
import type { Split } from './split';
import { winnowSplit } from './winnow-split';

/** Ways to tell clean, closed and open apart, by name; to add one, add a line. */
export const SPLITS: Readonly<Record<SplitName, Split>> = {
  winnow: winnowSplit,
  'edl-gmm': edlGmmSplit,
  'small-loss': smallLossSplit,
  agreement: agreementSplit,
  knn: knnSplit,
};

/** Raised where a change makes a split give other answers, so that what was stored before is not taken for it. */
export const SPLIT_REVISIONS: Readonly<Record<SplitName, number>> = {
  winnow: 2,
  'edl-gmm': 1,
  'small-loss': 1,
  agreement: 1,
  knn: 1,
};

/** Those that want the teacher's mean answers for a picture and its mirror image; the others take the picture as it is. */
export const MIRRORED_SPLITS: ReadonlySet<SplitName> = new Set(['winnow']);

/** Those that learn from a person's decisions (SplitInput.known): fitted anew with them. Others are corrected only. */
export const REFITTED_SPLITS: ReadonlySet<SplitName> = new Set(['winnow']);
