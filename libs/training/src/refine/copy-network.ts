import { WinnowError } from '@winnow/contracts';
import { createModel, isModelName, type Model, type ModelName } from '@winnow/models';
import { tf } from '@winnow/tensor';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { startFromTeacher } from '../student/start-from-teacher';

/**
 * A teacher of our architectures as a network that can be trained, with the project's classes alone. To be disposed of.
 * @throws WinnowError INTERNAL for another teacher
 */
export function copyTeacher(teacher: FrozenTeacher): Model {
  const copy = createModel(teacher.weights?.model as ModelName, { classCount: teacher.classCount, seed: 'copy' });
  if (startFromTeacher(copy, teacher)) return copy;
  copy.dispose();
  throw new WinnowError('INTERNAL', 'the teacher has not the weights of its own architecture');
}

/** Whether all its weights can be trained. */
export function isNativeTeacher({ weights }: FrozenTeacher): boolean {
  return weights !== undefined && isModelName(weights.model);
}

/**
 * Gives a network the mean of others' weights and running statistics, and moves it only a part of the way there.
 * Fine-tuned copies of one network lie in one basin, where means of weights do about what the mean of outputs does:
 * Wortsman et al., "Model soups", ICML 2022; with the start, "Robust fine-tuning of zero-shot models" (WiSE-FT), CVPR 2022.
 * @param fraction of the way, 0 to 1
 */
export function moveTowardsMean(network: Model, others: readonly Model[], fraction: number): void {
  tf.tidy(() => {
    for (const [name, variable] of network.parameters) {
      const theirs = others.map((other) => other.parameters.get(name) as tf.Variable);
      const mean = tf.div(tf.addN(theirs), theirs.length);
      variable.assign(tf.add(variable, tf.mul(tf.sub(mean, variable), fraction)));
    }
  });
}
