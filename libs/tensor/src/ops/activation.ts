import * as tf from '@tensorflow/tfjs';
import { hasNativeKernels, hasTensorflowKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

/**
 * What follows a layer, of each value z: nothing; relu max(z, 0); relu6 that and no more than 6; hard-sigmoid
 * relu6(z + 3) / 6; hard-swish z hard-sigmoid(z); sigmoid 1 / (1 + e^-z); silu z sigmoid(z).
 */
export type Activation = 'none' | 'relu' | 'relu6' | 'hard-sigmoid' | 'hard-swish' | 'sigmoid' | 'silu';

/** The activation of x, any shape. Where its slope jumps, the gradient is the engine's choice. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  if (activation === 'none') return x;
  if (activation === 'relu') return relu(x);
  if (activation === 'relu6') return tf.relu6(x);
  return (hasNativeKernels() ? nativeActivate(x, activation) : portableActivate(x, activation)) as T;
}

/** The smooth and the piecewise ones by operations that every engine has. */
export function portableActivate(x: tf.Tensor, activation: Exclude<Activation, 'none' | 'relu' | 'relu6'>): tf.Tensor {
  return tf.tidy(() => {
    const isHard = activation === 'hard-sigmoid' || activation === 'hard-swish';
    const factor = isHard ? tf.div(tf.relu6(tf.add(x, 3)), 6) : tf.sigmoid(x);
    return activation === 'hard-swish' || activation === 'silu' ? tf.mul(x, factor) : factor;
  });
}

/** Numbers of the activations in native/activation.h. */
export const NATIVE_ACTIVATIONS: Readonly<Record<Activation, number>> = {
  none: 0,
  relu: 1,
  relu6: 2,
  'hard-sigmoid': 3,
  'hard-swish': 4,
  sigmoid: 5,
  silu: 6,
};

/** activate by one kernel of ours each way. */
function nativeActivate(x: tf.Tensor, activation: Activation): tf.Tensor {
  const integers = { activation: NATIVE_ACTIVATIONS[activation] };
  const run = (name: string, inputs: readonly tf.Tensor[]) =>
    runTensorflowKernel({ name, inputs, outputs: 1, integers })[0] as tf.Tensor;
  const apply = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    return {
      value: run('WinnowActivate', [input]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => run('WinnowActivateGrad', [dy, ...saved]),
    };
  });
  return apply(x);
}

/**
 * max(x, 0), any shape. On TensorFlow the gradient is one kernel (ReluGrad, from the output) where tfjs's own takes
 * six; the gradient at 0 is 0 on every engine.
 */
export function relu<T extends tf.Tensor>(x: T): T {
  return hasTensorflowKernels() ? (fusedRelu(x) as T) : tf.relu(x);
}

const fusedRelu = tf.customGrad((...args) => {
  const [x, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
  const y = tf.relu(x);
  save([y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [output] = saved as [tf.Tensor];
      const [dx] = runTensorflowKernel({ name: 'ReluGrad', inputs: [dy, output], outputs: 1, floatTypes: ['T'] });
      return dx as tf.Tensor;
    },
  };
});

/** x times the share of a normal distribution below x (by the error function): Hendrycks and Gimpel 2016, arXiv:1606.08415. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)) as T);
}
