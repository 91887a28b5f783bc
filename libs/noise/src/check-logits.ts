import { WinnowError } from '@winnow/contracts';

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
