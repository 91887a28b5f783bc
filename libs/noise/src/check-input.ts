import { WinnowError } from '@winnow/contracts';
import type { SplitFeatures } from './split';

/** @throws WinnowError MISSING_INPUT for an empty pool */
export function requireImages(labels: ArrayLike<number>): void {
  if (labels.length > 0) return;
  throw new WinnowError('MISSING_INPUT', 'an empty pool cannot be split or scored', {
    next: 'Give a pool with images.',
  });
}

/**
 * @param logits [count, classCount], row-major
 * @param labels [count]
 * @throws WinnowError SHAPE_MISMATCH where sizes disagree, DATA_CORRUPT for labels outside the classes and for logits
 *   that are not finite
 */
export function checkLogits(logits: Float32Array, labels: ArrayLike<number>, classCount: number): void {
  if (!Number.isInteger(classCount) || classCount < 1 || logits.length !== labels.length * classCount) {
    throw new WinnowError(
      'SHAPE_MISMATCH',
      `${logits.length} logits do not make [${labels.length}, ${classCount}] (images, classes)`,
      { next: 'Give one logit for each class of each labelled image.' },
    );
  }
  for (let image = 0; image < labels.length; image += 1) {
    const label = labels[image] as number;
    if (Number.isInteger(label) && label >= 0 && label < classCount) continue;
    throw new WinnowError('DATA_CORRUPT', `label ${label} of image ${image} is not in 0..${classCount - 1}`, {
      next: 'Build the data set again with this class list.',
    });
  }
  const bad = logits.findIndex((logit) => !Number.isFinite(logit));
  if (bad >= 0) {
    throw new WinnowError(
      'DATA_CORRUPT',
      `the teacher gives ${logits[bad]} for image ${Math.floor(bad / classCount)}`,
      {
        next: "Check the teacher's weights and its input normalisation.",
      },
    );
  }
}

/**
 * @param count images of the pool
 * @throws WinnowError SHAPE_MISMATCH where sizes disagree, DATA_CORRUPT for features that are not finite
 */
export function checkFeatures({ values, dim }: SplitFeatures, count: number): void {
  if (!Number.isInteger(dim) || dim < 1 || values.length !== count * dim) {
    throw new WinnowError('SHAPE_MISMATCH', `${values.length} features do not make [${count}, ${dim}] (images, dim)`, {
      next: "Give the teacher's pooled features of the same images.",
    });
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new WinnowError(
    'DATA_CORRUPT',
    `the teacher's features of image ${Math.floor(bad / dim)} hold ${values[bad]}`,
    {
      next: "Check the teacher's weights and its input normalisation.",
    },
  );
}

/** @throws WinnowError SHAPE_MISMATCH for another number of images, DATA_CORRUPT for what is no finite number */
export function checkOutside(outside: Float32Array, count: number): void {
  if (outside.length !== count) {
    throw new WinnowError('SHAPE_MISMATCH', `${outside.length} log-odds of other classes for ${count} images`, {
      next: 'Give those of the same images, or none.',
    });
  }
  const broken = outside.findIndex((value) => !Number.isFinite(value));
  if (broken < 0) return;
  throw new WinnowError('DATA_CORRUPT', `the log-odds of other classes of image ${broken} are ${outside[broken]}`, {
    next: "Check the teacher's weights.",
  });
}
