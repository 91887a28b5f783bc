import type { AugmentOptions } from './augment-options';

/** Whether a view is its picture, moved or mirrored at most: a copy of its bytes, which hardly changes an answer to it. */
export function isMoveOnly({
  basis,
  padding: _padding,
  scale: _scale,
  ratio: _ratio,
  ...changes
}: AugmentOptions): boolean {
  return basis !== 'resized-crop' && Object.values(changes).every((change) => change === undefined);
}
