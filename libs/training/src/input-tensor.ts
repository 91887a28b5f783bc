import { WinnowError } from '@winnow/contracts';
import type { InputSpec } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import type { NormalisedPixels } from './augment/pixel-batch';
import { normalisePixels } from './loader/normalise-pixels';

/** Images on their way into a network; bytes, or floats (0..255) where they were mixed. */
export interface NetworkPixels {
  readonly count: number;
  readonly size: number;
  readonly pixels: Uint8Array | Float32Array;
  /** The same normalised for one network; saves the work for that one. */
  readonly normalised?: NormalisedPixels;
}

/**
 * @returns what a network with this input takes, [count, size, size, 3]
 * @throws WinnowError SHAPE_MISMATCH where the images have another size
 */
export function inputTensor({ count, size, pixels, normalised }: NetworkPixels, input: InputSpec): tf.Tensor4D {
  requireInputSize(size, input);
  const isDone = normalised !== undefined && sameInput(normalised.input, input);
  return tf.tensor4d(isDone ? normalised.values : normalisePixels(pixels, input), [count, size, size, 3]);
}

/** @throws WinnowError SHAPE_MISMATCH unless the network takes images of this side */
export function requireInputSize(size: number, input: InputSpec): void {
  if (size === input.size) return;
  throw new WinnowError('SHAPE_MISMATCH', `the images are ${size} px wide, the network takes ${input.size} px`, {
    where: 'build.size and teacher.input.size',
    next: `Set build.size to ${input.size} and build again, or, where that is smaller, train.size.`,
  });
}

/** True where both networks may be fed the same tensor. */
function sameInput(a: InputSpec, b: InputSpec): boolean {
  const numbers = ({ size, range, mean, std }: InputSpec): string => [size, ...range, ...mean, ...std].join();
  return numbers(a) === numbers(b);
}

/** A network as far as it says what it takes. */
interface TakesImages {
  readonly input: InputSpec;
}

/** The same view for the teacher: the student's tensor where both normalise alike, else one of its own. */
export function teacherInput(
  view: NetworkPixels,
  { images, student, teacher }: { images: tf.Tensor4D; student: TakesImages; teacher: TakesImages },
): tf.Tensor4D {
  return sameInput(student.input, teacher.input) ? images : inputTensor(view, teacher.input);
}
