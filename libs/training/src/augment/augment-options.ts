import type { AugMixOptions } from './aug-mix';
import type { ColorJitterOptions } from './color-jitter';
import type { BatchMixOptions } from './mix-batch';
import type { RandAugmentOptions } from './rand-augment';
import type { ResizedCropOptions } from './random-region';

/** How a view of an image is drawn; its steps in the order of application, those without settings left out. */
export interface AugmentOptions extends BatchMixOptions, ResizedCropOptions {
  /**
   * `crop-flip`: moved within a black border, flipped or not; `resized-crop`: a random region at the view's size,
   * flipped or not; `flip`: flipped or not; `none`: as it is.
   */
  readonly basis: 'crop-flip' | 'resized-crop' | 'flip' | 'none';
  /** Border of `crop-flip`, pixels; default 4. */
  readonly padding?: number | undefined;
  readonly randAugment?: RandAugmentOptions | undefined;
  readonly augMix?: AugMixOptions | undefined;
  readonly colorJitter?: ColorJitterOptions | undefined;
}

/** The usual recipe for small images. */
export const DEFAULT_AUGMENT: AugmentOptions = { basis: 'crop-flip' };

/** Whether a view is its image, moved or flipped at most: a copy of its bytes, which hardly changes an answer to it. */
export function isMoveOnly({
  basis,
  padding: _padding,
  scale: _scale,
  ratio: _ratio,
  ...changes
}: AugmentOptions): boolean {
  return basis !== 'resized-crop' && Object.values(changes).every((change) => change === undefined);
}
