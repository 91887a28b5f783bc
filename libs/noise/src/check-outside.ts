import { WinnowError } from '@winnow/contracts';

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
