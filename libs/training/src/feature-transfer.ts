import { tf } from '@winnow/tensor';
import type { FrozenTeacher } from './frozen-network';
import { linearLayer } from './linear-layer';
import type { MethodContext } from './method';

/** Makes the student's pooled features tell those of the teacher, through a layer that is dropped after training. */
export interface FeatureTransfer {
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /**
   * Share of the variance of the teacher's features, within the batch, that the student's do not explain.
   * @param student [batch, student dim]
   * @param teacher [batch, teacher dim]
   */
  loss(student: tf.Tensor2D, teacher: tf.Tensor2D): tf.Scalar;
}

/** Null for a teacher without features. */
export function featureTransfer({ student, random }: MethodContext, teacher: FrozenTeacher): FeatureTransfer | null {
  if (teacher.featureDim === 0) return null;
  const layer = linearLayer(
    'feature-transfer',
    { inputs: student.model.featureDim, outputs: teacher.featureDim },
    random.fork('modules'),
  );
  return {
    variables: layer.variables,
    loss: (ours, theirs) =>
      tf.tidy(() => {
        const errors = tf.squaredDifference(layer.apply(ours), theirs);
        const spread = tf.squaredDifference(theirs, tf.mean(theirs, 0, true));
        return tf.div(tf.mean(errors), tf.add(tf.mean(spread), 1e-6)) as tf.Scalar;
      }),
  };
}
