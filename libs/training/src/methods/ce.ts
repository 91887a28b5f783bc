import { classOneHot, crossEntropy } from '@winnow/losses';
import { sharedTargets, weightedLoss } from '../batch-tensors';
import { inputTensor } from '../input-tensor';
import { BatchStream } from '../loader/batch-stream';
import { oneView } from '../loader/image-draw';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { everyRow } from '../training-data';
import { countDecisions, decidedLabels } from './decided-logits';

/**
 * Cross-entropy with the given labels on everything, noise and all; with right labels, supervised training. Where a person
 * decided, the decided label takes the place of the given one, and images of none of the classes are left out.
 */
export const ce: Method = {
  name: 'ce',
  summary: 'cross-entropy with the given labels, or those that a person decided, on every image',
  revision: 1,
  needsTeacher: false,
  needsSplit: false,
  readsDecisions: true,
  split: 'winnow',
  schedule: 'cosine',
  imagesPerEpoch: ({ count, decidedOpen = 0 }) => count - decidedOpen,
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  const { student, batch, augment, random } = context;
  const { images, known } = context.data;
  const classCount = images.classes.length;
  const labels = decidedLabels(images.labels, known);
  const rows = everyRow(images).filter((row) => labels[row] !== classCount);
  const stream = new BatchStream(rows, batch, random.fork('pool'));
  const pool = oneView(stream, augment);
  const labelsOf = (drawn: Int32Array): number[] => Array.from(drawn, (row) => labels[row] as number);
  return {
    stepsPerEpoch: stream.perPass,
    modules: new Map(),
    frozen: new Map(),
    notes: [...describeDecisions(countDecisions(known, classCount)), ...stream.notes()],
    draw: pool.draw,
    step(_index, drawn) {
      const { rows, view } = pool.read(drawn);
      const inputs = inputTensor(view, student.input);
      const shown = labelsOf(rows);
      const targets = view.mix
        ? sharedTargets(shown, labelsOf(view.mix.partners), { fractions: view.mix.fractions, classCount })
        : classOneHot(shown, classCount);
      return {
        imagesSeen: rows.length,
        losses: [
          () => {
            const { logits } = student.model.forward(inputs, { training: true });
            return weightedLoss([{ name: 'ce', weight: 1, value: crossEntropy(logits, targets) }]);
          },
        ],
      };
    },
    dispose: () => undefined,
  };
}

function describeDecisions({ classes, open }: ReturnType<typeof countDecisions>): string[] {
  if (classes + open === 0) return [];
  return [`${classes} decided labels take the place of given ones; ${open} images decided to be open are left out.`];
}
