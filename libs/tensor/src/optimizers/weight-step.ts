import { WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

import { runTensorflowKernel } from '../engines/tensorflow-kernel';

/** One value for all weights, or one for each. */
export type PerWeight = number | readonly number[];

export function ofWeight(value: PerWeight, index: number): number {
  return typeof value === 'number' ? value : (value[index] as number);
}

/**
 * Lists that a step goes over in parallel must be of one length and shape.
 * @param others by what one of them is called
 * @throws WinnowError SHAPE_MISMATCH
 */
export function requireParallel(
  variables: readonly tf.Tensor[],
  others: Readonly<Record<string, readonly tf.Tensor[]>>,
): void {
  for (const [name, list] of Object.entries(others)) {
    if (list.length !== variables.length) {
      throw new WinnowError('SHAPE_MISMATCH', `${variables.length} variables, ${list.length} of ${name}`);
    }
    variables.forEach(({ shape }, index) => {
      if (list[index]?.shape.join() === shape.join()) return;
      throw new WinnowError('SHAPE_MISMATCH', `variable ${index} is [${shape.join(', ')}], its one of ${name} is not`);
    });
  }
}

/**
 * One native kernel over all weights, which moves some of the lists in place.
 * @param moved lists that the kernel gives anew, in its order
 * @param settings a row for each weight
 */
export function runWeightStep(
  name: string,
  lists: readonly (readonly tf.Tensor[])[],
  { moved, settings }: { moved: readonly (readonly tf.Variable[])[]; settings: readonly (readonly number[])[] },
): void {
  tf.tidy(() => {
    const [first = []] = settings;
    const rows = tf.tensor2d(Float32Array.from(settings.flat()), [settings.length, first.length]);
    const variables = moved.flat();
    const values = runTensorflowKernel({
      name,
      inputs: [...lists.flat(), rows],
      outputs: variables.length,
      integers: { N: settings.length },
    });
    variables.forEach((variable, index) => variable.assign(values[index] as tf.Tensor));
  });
}
