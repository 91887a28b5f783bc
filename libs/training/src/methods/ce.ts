import { classOneHot, crossEntropy } from '@winnow/losses';
import { BatchStream } from '../batch-stream';
import { everyRow } from '../every-row';
import { inputTensor } from '../input-tensor';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { oneView } from '../one-view';
import { sharedTargets } from '../shared-targets';
import { weightedLoss } from '../weighted-loss';

/** Cross-entropy with the given labels on everything, noise and all; with right labels, supervised training. */
export const ce: Method = {
  name: 'ce',
  summary: 'cross-entropy with the given labels on every picture',
  revision: 1,
  needsTeacher: false,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  const { student, batch, augment, random } = context;
  const { images } = context.data;
  const stream = new BatchStream(everyRow(images), batch, random.fork('pool'));
  const pool = oneView(stream, augment);
  const labelsOf = (rows: Int32Array): number[] => Array.from(rows, (row) => images.labels[row] as number);
  const classCount = images.classes.length;
  return {
    stepsPerEpoch: stream.perPass,
    modules: new Map(),
    frozen: new Map(),
    notes: stream.notes(),
    draw: pool.draw,
    step(_place, drawn) {
      const { rows, view } = pool.read(drawn);
      const pictures = inputTensor(view, student.input);
      const labels = labelsOf(rows);
      const targets = view.mix
        ? sharedTargets(labels, labelsOf(view.mix.partners), { shares: view.mix.shares, classCount })
        : classOneHot(labels, classCount);
      return {
        imagesSeen: rows.length,
        losses: [
          () => {
            const { logits } = student.model.forward(pictures, { training: true });
            return weightedLoss([{ name: 'ce', weight: 1, value: crossEntropy(logits, targets) }]);
          },
        ],
      };
    },
    dispose: () => undefined,
  };
}
