import * as tf from '@tensorflow/tfjs';

import { hasTensorflowKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

/**
 * -sum_k t_k log softmax(z)_k of every row. On TensorFlow one kernel gives loss and gradient, (softmax(z) - t), at once.
 * Differentiable with respect to the logits alone.
 * @param logits [batch, classes]
 * @param targets one-hot or probabilities, [batch, classes]; constants
 * @returns [batch], nats
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  if (hasTensorflowKernels()) return fused(logits, targets);
  return tf.tidy(() => tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)) as tf.Tensor1D);
}

function fused(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const compute = tf.customGrad((...args) => {
    const [z, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const [loss, slope] = runTensorflowKernel({
      name: 'SoftmaxCrossEntropyWithLogits',
      inputs: [z, targets],
      outputs: 2,
      floatTypes: ['T'],
    }) as [tf.Tensor, tf.Tensor];
    save([slope]);
    return {
      value: loss,
      gradFunc: (dy: tf.Tensor, [gradient]: tf.Tensor[]) => tf.mul(dy.expandDims(1), gradient as tf.Tensor),
    };
  });
  return compute(logits) as tf.Tensor1D;
}
