import { type ExternalContract, WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import type { ForwardResult, FrozenModel } from '../model';

/** Something that computes a network that is not ours. */
export interface ExternalRunner {
  /** Axes of its input as declared, batch first; null where a size is open. */
  readonly inputShape: readonly (number | null)[];
  /**
   * @param images in the axes that it wants; as many as `inputShape` says
   * @returns the outputs that it was opened for, in that order; the caller disposes or tidies
   */
  run(images: tf.Tensor4D): tf.Tensor[];
  dispose(): void;
}

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

/** Below it a probability is taken for this: float32's logarithm of zero is not a number. */
const MIN_PROBABILITY = 1e-30;

/** Names of the outputs to ask for, each once. */
export function outputNames({ logits, features, featureMap }: ExternalContract): readonly string[] {
  return [
    ...new Set([logits, features, featureMap].flatMap((location) => (location === null ? [] : [location.output]))),
  ];
}

/**
 * An external network's outputs as winnow's: logits [batch, classes], features [batch, dim], feature map NHWC. Inside a
 * tidy. A network without features gives [batch, 0].
 * @param raw as `outputNames` lists them
 * @throws WinnowError TEACHER_MISMATCH for shapes that contradict the contract
 */
function readOutputs(raw: readonly tf.Tensor[], contract: ExternalContract, batch: number): ForwardResult {
  const names = outputNames(contract);
  const find = (output: string): tf.Tensor => raw[names.indexOf(output)] as tf.Tensor;
  const { values, output } = contract.logits;
  const given = toRows(find(output), output, batch);
  const logits = values === 'probabilities' ? (tf.log(tf.maximum(given, MIN_PROBABILITY)) as tf.Tensor2D) : given;
  const features =
    contract.features === null
      ? tf.zeros<tf.Rank.R2>([batch, 0])
      : toRows(find(contract.features.output), contract.features.output, batch);
  const map = contract.featureMap;
  return { logits, features, featureMap: map === null ? null : toMap(find(map.output), map, batch) };
}

/** [batch, n], also from [batch, n, 1, 1] and [batch, 1, 1, n]. */
function toRows(tensor: tf.Tensor, name: string, batch: number): tf.Tensor2D {
  const [first, ...axes] = tensor.shape;
  const wide = axes.filter((size) => size !== 1);
  if (first !== batch || axes.length === 0 || wide.length > 1) {
    throw mismatch(name, tensor, `[${batch}, any]`, 'Name an output that gives one row an image.');
  }
  return tensor.reshape([batch, wide[0] ?? 1]);
}

function toMap(
  tensor: tf.Tensor,
  { output, layout }: NonNullable<ExternalContract['featureMap']>,
  batch: number,
): tf.Tensor4D {
  const [first, ...axes] = tensor.shape;
  const [height, width] = layout === 'nhwc' ? axes : axes.slice(1);
  if (first !== batch || axes.length !== 3 || height !== width) {
    const wanted = layout === 'nhwc' ? 'side, side, channels' : 'channels, side, side';
    throw mismatch(
      output,
      tensor,
      `[${batch}, ${wanted}]`,
      'Name the last feature map, with its --feature-map-layout.',
    );
  }
  return layout === 'nhwc' ? (tensor as tf.Tensor4D) : (tf.transpose(tensor, [0, 2, 3, 1]) as tf.Tensor4D);
}

function mismatch(name: string, tensor: tf.Tensor, wanted: string, next: string): WinnowError {
  const message = `The output ${name} has the shape [${tensor.shape.join(', ')}], not ${wanted}`;
  return new WinnowError('TEACHER_MISMATCH', message, { where: name, next });
}
