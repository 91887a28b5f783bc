import { classOneHot, crossEntropy } from '@winnow/losses';
import { cropFlip } from '../crop-flip';
import { BatchStream } from '../batch-stream';
import { everyRow } from '../every-row';
import { inputTensor } from '../input-tensor';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { takePixels } from '../pixel-batch';
import { weightedLoss } from '../weighted-loss';

/** Cross-entropy with the given labels on everything, noise and all; with right labels, supervised training. */
export const ce: Method = {
  name: 'ce',
  summary: 'cross-entropy with the given labels on every picture',
  needsTeacher: false,
  needsSplit: false,
  schedule: 'cosine',
  prepare,
};

function prepare({ data: { images }, student, batch, random }: MethodContext): PreparedMethod {
  const stream = new BatchStream(everyRow(images), batch, random.fork('pool'));
  return {
    stepsPerEpoch: stream.perPass,
    modules: new Map(),
    frozen: new Map(),
    notes: [],
    step(step) {
      const rows = stream.at(step);
      const view = cropFlip(takePixels(images, rows), random.fork('crop', step));
      const pictures = inputTensor(view, student.input);
      const labels = Array.from(rows, (row) => images.labels[row] as number);
      const targets = classOneHot(labels, images.classes.length);
      return {
        imagesSeen: rows.length,
        loss: () => {
          const { logits } = student.model.forward(pictures, { training: true });
          return weightedLoss([{ name: 'ce', weight: 1, value: crossEntropy(logits, targets) }]);
        },
      };
    },
    dispose: () => undefined,
  };
}
