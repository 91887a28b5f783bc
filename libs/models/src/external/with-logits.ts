import type { tf } from '@winnow/tensor';
import type { ForwardResult } from '../model';

/** The same answers with other logits; a feature map that throws stays so. */
export function withLogits(outputs: ForwardResult, logits: tf.Tensor2D): ForwardResult {
  const parts = { ...Object.getOwnPropertyDescriptors(outputs), logits: { value: logits, enumerable: true } };
  return Object.defineProperties({}, parts) as ForwardResult;
}
