import { type ExternalContract, WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import type { ForwardResult, FrozenModel } from '../model';
import { readOutputs } from './external-answers';
import type { ExternalRunner } from './external-runner';

/** A network that is not of our architectures and only answers. */
export interface ExternalNetwork extends FrozenModel {
  readonly classCount: number;
  /** 0 for a network without features. */
  readonly featureDim: number;
}

/**
 * Holds a network to its contract and makes it answer as ours do: images NHWC in, any number of them.
 * @param size side of its images, pixels
 * @throws WinnowError TEACHER_MISMATCH where declared or found shapes contradict the contract
 */
export function externalNetwork(
  runner: ExternalRunner,
  contract: ExternalContract,
  { size, where }: { readonly size: number; readonly where: string },
): ExternalNetwork {
  checkInput(runner.inputShape, contract, { size, where });
  const fixedBatch = runner.inputShape[0] ?? null;
  const forward = (images: tf.Tensor4D): ForwardResult =>
    tf.tidy(() => {
      const batch = images.shape[0];
      const laidOut = contract.layout === 'nchw' ? (tf.transpose(images, [0, 3, 1, 2]) as tf.Tensor4D) : images;
      const raw = fixedBatch === null ? runner.run(laidOut) : runInParts(runner, laidOut, fixedBatch);
      return readOutputs(raw, contract, batch) as ForwardResult & tf.TensorContainerObject;
    });
  const [classCount, featureDim] = tf.tidy(() => {
    const { logits, features } = forward(tf.zeros([1, size, size, 3]));
    return [logits.shape[1], features.shape[1]] as const;
  });
  return { classCount, featureDim, forward, dispose: () => runner.dispose() };
}

/** For a network that was made for a fixed number of images: so many at a time, the last ones filled up. */
function runInParts(runner: ExternalRunner, images: tf.Tensor4D, size: number): tf.Tensor[] {
  const batch = images.shape[0];
  const missing = (size - (batch % size)) % size;
  const full =
    missing === 0
      ? images
      : tf.pad(images, [
          [0, missing],
          [0, 0],
          [0, 0],
          [0, 0],
        ]);
  const parts = tf.split(full, (batch + missing) / size, 0).map((part) => runner.run(part as tf.Tensor4D));
  const first = parts[0] as tf.Tensor[];
  return first.map((_, output) => {
    const joined = tf.concat(parts.map((part) => part[output] as tf.Tensor));
    return missing === 0 ? joined : joined.slice([0], [batch]);
  });
}

function checkInput(
  declared: readonly (number | null)[],
  { layout }: ExternalContract,
  { size, where }: { readonly size: number; readonly where: string },
): void {
  const wanted = layout === 'nhwc' ? [null, size, size, 3] : [null, 3, size, size];
  const fits = wanted.every((expected, axis) => {
    const found = declared[axis] ?? null;
    return expected === null || found === null || found === expected;
  });
  if (fits && (declared.length === 4 || declared.length === 0)) return;
  const shown = declared.map((value) => value ?? 'any').join(', ');
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `The model takes [${shown}], not [any, ${wanted.slice(1).join(', ')}] (${layout})`,
    { where, next: 'Correct --layout or --size.' },
  );
}
