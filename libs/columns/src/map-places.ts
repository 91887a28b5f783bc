import { WinnowError } from '@winnow/contracts';
import type { MapLayout } from '@winnow/contracts';
import type { ImageColumns } from './image-columns';

/** Where images lie on a map; what an image without a split or without features has there means nothing. */
export interface MapPlaces {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

/** @throws WinnowError MISSING_INPUT where `winnow embed --layout` made none */
export function placesOf({ closed, open, layout }: ImageColumns, of: MapLayout): MapPlaces {
  if (of === 'triangle') return { xs: closed, ys: open };
  if (layout !== null) return layout;
  throw new WinnowError('MISSING_INPUT', 'The images of this data set were not laid out by likeness', {
    where: 'lasso',
    next: 'Run `winnow embed PROJECT --layout`.',
  });
}
