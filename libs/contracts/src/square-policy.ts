import { RESIZE_POLICIES, type ResizePolicy } from './resize-policy';

/** How an image can become square for a network; `keep` is of data sets only. */
export type SquarePolicy = Exclude<ResizePolicy, 'keep'>;
export const SQUARE_POLICIES = RESIZE_POLICIES.filter((policy): policy is SquarePolicy => policy !== 'keep');

/**
 * What a person asked for, else what the weights file says of the network's own images (any text), else squash. Images
 * that kept their shape were seen by the square in their middle.
 */
export function squareAsLearnt(asked: SquarePolicy | undefined, recorded: string | undefined): SquarePolicy {
  if (asked !== undefined) return asked;
  if (recorded === 'keep') return 'cover';
  return SQUARE_POLICIES.find((known) => known === recorded) ?? 'squash';
}
