import { type ExternalContract, WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import type { ForwardResult } from '../model';

/** Below it a probability is taken for this: float32's logarithm of zero is not a number. */
const MIN_PROBABILITY = 1e-30;

/** Names of the outputs to ask for, each once. */
export function outputNames({ logits, features, featureMap }: ExternalContract): readonly string[] {
  return [
    ...new Set([logits, features, featureMap].flatMap((location) => (location === null ? [] : [location.output]))),
  ];
}

/**
 * A external network's outputs as winnow's: logits [batch, classes], features [batch, dim], feature map NHWC. Inside a
 * tidy. A network without features gives [batch, 0]; its feature map throws when somebody asks for it.
 * @param raw as `outputNames` lists them
 * @throws WinnowError TEACHER_MISMATCH for shapes that contradict the contract
 */
export function readOutputs(raw: readonly tf.Tensor[], contract: ExternalContract, batch: number): ForwardResult {
  const names = outputNames(contract);
  const find = (output: string): tf.Tensor => raw[names.indexOf(output)] as tf.Tensor;
  const { values, output } = contract.logits;
  const given = toRows(find(output), output, batch);
  const logits = values === 'probabilities' ? (tf.log(tf.maximum(given, MIN_PROBABILITY)) as tf.Tensor2D) : given;
  const features =
    contract.features === null
      ? tf.zeros<tf.Rank.R2>([batch, 0])
      : toRows(find(contract.features.output), contract.features.output, batch);
  if (contract.featureMap === null) return withoutMap(logits, features);
  return { logits, features, featureMap: toMap(find(contract.featureMap.output), contract.featureMap, batch) };
}

function withoutMap(logits: tf.Tensor2D, features: tf.Tensor2D): ForwardResult {
  const outputs = { logits, features };
  Object.defineProperty(outputs, 'featureMap', {
    get() {
      throw new WinnowError('TEACHER_MISMATCH', 'This teacher has no feature map', {
        where: 'teacher.weights',
        next: 'Import it again with --feature-map, or use a method that needs logits only, such as kd.',
      });
    },
  });
  return outputs as unknown as ForwardResult;
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
