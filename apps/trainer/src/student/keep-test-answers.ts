import type { ImageSet } from '@winnow/contracts';
import { float32ToHalves } from '@winnow/models';
import { digestTestList, writeTestAnswers } from '@winnow/runs';
import { predictedClasses } from '@winnow/training';
import type { Prediction } from '@winnow/training';
import { digestImages } from '../data/image-sets';

/** Leaves what a student said of each test image in its run's folder. @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE */
export async function keepTestAnswers(
  folder: string,
  scores: Pick<Prediction, 'logits' | 'count' | 'classCount'>,
  test: ImageSet,
): Promise<void> {
  const { keys, labels, classes } = test;
  const list = keys.map((key, index) => ({ key, className: classes[labels[index] as number] as string }));
  const predicted = Int32Array.from(predictedClasses(scores));
  const named = { testDigest: digestImages(test), listDigest: digestTestList(list), classes };
  await writeTestAnswers(folder, { ...named, labels, predicted }, float32ToHalves(scores.logits));
}
