import type { SplitName } from '@winnow/contracts';
import { agreementSplit } from './partitions/agreement';
import { edlGmmSplit } from './partitions/edl-gmm';
import { knnSplit } from './partitions/knn';
import { smallLossSplit } from './partitions/small-loss';
import type { Split } from './split';
import { winnowSplit } from './partitions/winnow/winnow-split';
import { withOutside } from './partitions/with-outside';

/**
 * Ways to tell clean, closed and open apart, by name; to add one, add a line. All but the paper's, which has one question
 * for three kinds, read what a teacher of more classes says of the others.
 */
export const SPLITS: Readonly<Record<SplitName, Split>> = {
  winnow: winnowSplit,
  'edl-gmm': edlGmmSplit,
  'small-loss': withOutside(smallLossSplit),
  agreement: withOutside(agreementSplit),
  knn: withOutside(knnSplit),
};

/** Those that want the teacher's mean answers for an image and its mirror image; the others take the image as it is. */
export const FLIPPED_SPLITS: ReadonlySet<SplitName> = new Set(['winnow']);

/** Those that learn from a person's decisions (SplitInput.known): fitted anew with them. Others are corrected only. */
export const REFITTED_SPLITS: ReadonlySet<SplitName> = new Set(['winnow']);
