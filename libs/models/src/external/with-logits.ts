import type { tf } from '@winnow/tensor';
import type { ForwardResult } from '../model';

/** The same answers with other logits; a feature map that throws stays so. */
export function withLogits(answers: ForwardResult, logits: tf.Tensor2D): ForwardResult {
  const parts = { ...Object.getOwnPropertyDescriptors(answers), logits: { value: logits, enumerable: true } };
  return Object.defineProperties({}, parts) as ForwardResult;
}
