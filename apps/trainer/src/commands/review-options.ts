import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandSpec } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { ReviewQuality } from '../measure/review-split';
import { DEFAULT_ORDER, SIMULATED_ORDERS } from '../measure/simulate-review';
import type { Review, SimulatedOrder } from '../measure/simulate-review';

const REVIEW_SEED = 1;

/** A simulated person who decides images of a world's pool. */
export const reviewOptions: CommandSpec['options'] = [
  { flags: '--review <n>', description: 'a simulated person says what so many images of the pool show, before they are split and learnt from', type: 'integer', min: 1 }, // prettier-ignore
  { flags: '--review-by <order>', description: `which, by the split without them (default: ${DEFAULT_ORDER}; docs/method.md tells the orders)`, type: 'string', choices: SIMULATED_ORDERS }, // prettier-ignore
  { flags: '--review-error <share>', description: 'share of them of which the person says something else than the truth (default: 0)', type: 'number', min: 0 }, // prettier-ignore
  { flags: '--review-seed <n>', description: 'seed of the order and of the errors (default: 1)', type: 'integer', min: 0 }, // prettier-ignore
];

/** The review that options ask for; undefined for none. @throws WinnowError USAGE for a part of one and for no share */
export function askedReview(options: CommandInput['options']): Review | undefined {
  const { review, reviewBy, reviewError, reviewSeed } = options;
  if (review === undefined) {
    if (reviewBy === undefined && reviewError === undefined && reviewSeed === undefined) return undefined;
    throw new WinnowError('USAGE', 'Nobody reviews anything', { where: '--review', next: 'Say how many images.' });
  }
  const errorRate = reviewError === undefined ? 0 : Number(reviewError);
  if (!(errorRate >= 0 && errorRate <= 1)) {
    throw new WinnowError('USAGE', `Not a share: ${errorRate}`, {
      where: '--review-error',
      next: 'Give a number from 0 to 1.',
    });
  }
  return {
    count: Number(review),
    by: (reviewBy ?? DEFAULT_ORDER) as SimulatedOrder,
    errorRate,
    seed: reviewSeed === undefined ? REVIEW_SEED : Number(reviewSeed),
  };
}

/** One line for people. */
export function describeReview(method: string, { count, by, errorRate, ...worth }: ReviewQuality): string {
  const { macroF1, undecidedMacroF1 } = worth;
  const [before, overlaid, after, others, othersAfter] = [
    ...[macroF1.before, macroF1.overlaid, macroF1.after, undecidedMacroF1.before, undecidedMacroF1.after],
  ].map((fraction) => percentText(fraction));
  const errors = errorRate === 0 ? '' : `, ${percentText(errorRate)} of them wrongly`;
  return `${method}: ${count} images decided by ${by}${errors}: macro-F1 ${before}, ${overlaid} with decisions laid over it, ${after} fitted with them; of the others ${others}, then ${othersAfter}`;
}
