import { crossEntropy } from '@winnow/losses';
import { tf } from '@winnow/tensor';
import { rowTensor, weightedLoss } from '../batch-tensors';
import { inputTensor } from '../input-tensor';
import { BatchStream } from '../loader/batch-stream';
import { oneView } from '../loader/image-draw';
import type { Method } from '../method';
import { everyRow } from '../training-data';

/** What a copy of the teacher learns. */
export interface RefinementTargets {
  /** Probabilities, [count, classCount] */
  readonly targets: Float32Array;
  readonly classCount: number;
  /**
   * Of the logits at which the targets should come out: the teacher's own, so that its logits keep their scale.
   */
  readonly temperature: number;
}

/**
 * Fine-tuning on given probabilities: T CE(softmax(z / T), target), whose gradient does not depend on T. Not a method to
 * choose: one step of a refinement.
 * @param name of its random streams
 */
export function refinementMethod(name: string, { targets, classCount, temperature }: RefinementTargets): Method {
  return {
    name,
    summary: 'fine-tuning on the posterior of the label model',
    revision: 1,
    needsTeacher: false,
    needsSplit: false,
    split: 'winnow',
    schedule: 'cosine',
    recipe: { nesterov: true, warmUp: 0.05 },
    prepare: ({ data: { images }, student, batch, augment, random }) => {
      const stream = new BatchStream(everyRow(images), batch, random.fork('pool'));
      const pool = oneView(stream, augment);
      return {
        stepsPerEpoch: stream.perPass,
        modules: new Map(),
        frozen: new Map(),
        notes: [],
        draw: pool.draw,
        step(_index, drawn) {
          const { rows, view } = pool.read(drawn);
          const input = inputTensor(view, student.input);
          const wanted = rowTensor(targets, { rows, width: classCount });
          return {
            imagesSeen: view.count,
            losses: [
              () => {
                const { logits } = student.model.forward(input, { training: true });
                const value = crossEntropy(tf.div(logits, temperature) as tf.Tensor2D, wanted);
                return weightedLoss([{ name: 'posterior', weight: temperature, value }]);
              },
            ],
          };
        },
        dispose: () => undefined,
      };
    },
  };
}
