import { tf } from '@winnow/tensor';

/** The same values, through which no gradient flows. */
export const stopGradient = tf.customGrad((...args) => {
  const [x] = args as unknown as [tf.Tensor];
  return { value: x.clone(), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) };
}) as <T extends tf.Tensor>(x: T) => T;
