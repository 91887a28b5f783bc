import { kdLoss } from '@winnow/losses';
import { tf } from '@winnow/tensor';
import { BatchStream } from '../batch-stream';
import { type DrawnPictures, type DrawnView, pictureDraw } from '../draw/picture-draw';
import { everyRow } from '../every-row';
import { featureTransfer } from '../feature-transfer';
import { inputTensor } from '../input-tensor';
import { labelEvidence } from '../label-evidence';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { predict, type Prediction } from '../predict';
import { readSettings } from '../read-settings';
import { requiredSplit, requiredTeacher } from '../required-teacher';
import { teacherInput } from '../teacher-input';
import { WeightedStream } from '../weighted-stream';
import type { PoolSplit } from '../training-data';
import { type LossTerm, weightedLoss } from '../weighted-loss';

const DEFAULTS = {
  temperature: 4,
  labels: 'shift',
  labelWeight: 0.5,
  featureWeight: 1,
  answers: 'both',
  padding: 4,
  openWeight: 1,
};

export const winnow: Method = {
  name: 'winnow',
  summary: "the teacher's answers on every picture, corrected by what the label says, and its features",
  needsTeacher: true,
  needsSplit: true,
  split: 'winnow',
  ownViews: true,
  schedule: 'cosine',
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const teacher = requiredTeacher(context);
  const split = requiredSplit(context);
  const settings = readSettings(context, DEFAULTS);
  const { data, student, batch, random } = context;
  const augment = { basis: 'crop-flip', padding: settings.padding } as const;
  const stream =
    settings.openWeight === 1
      ? new BatchStream(everyRow(data.images), batch, random.fork('pool'))
      : new WeightedStream(knownWeights(split, settings.openWeight), batch, random.fork('pool'));
  const transfer = settings.featureWeight > 0 ? featureTransfer(context, teacher) : null;
  const known = settings.answers === 'view' ? null : await predict(teacher, data.images, { mirrored: true });
  return {
    stepsPerEpoch: stream.perPass,
    modules: transfer?.variables ?? new Map<string, tf.Variable>(),
    frozen: new Map(),
    notes: [],
    draw: (step) => [
      {
        ...pictureDraw('pool', { stream, step }, [{ name: 'view', augment }]),
        ...(settings.openWeight === 1 ? {} : { pass: step }),
      },
    ],
    step(_place, drawn) {
      const [{ rows, views }] = drawn as readonly [DrawnPictures];
      const [view] = views as readonly [DrawnView];
      const pictures = inputTensor(view, student.input);
      const ask = () => teacher.outputs(teacherInput(view, { pictures, student, teacher }));
      const answers = settings.answers === 'mean' ? rowsOf(known as Prediction, rows) : ask();
      const logits =
        settings.answers === 'both'
          ? halfway(answers.logits, rowsOf(known as Prediction, rows).logits)
          : answers.logits;
      const evidence = labelEvidence(logits, { rows, labels: data.images.labels, split });
      return {
        imagesSeen: view.count,
        loss: () => {
          const ours = student.model.forward(pictures, { training: true });
          const targets = settings.labels === 'shift' ? evidence.logits : logits;
          const terms: LossTerm[] = [
            { name: 'kd', weight: 1, value: kdLoss(ours.logits, targets, settings.temperature) },
          ];
          if (settings.labels === 'ce') {
            const { targets: labels, weights } = evidence;
            const value = tf.mean(
              tf.mul(tf.neg(tf.sum(tf.mul(labels, tf.logSoftmax(ours.logits)), 1)), weights),
            ) as tf.Scalar;
            terms.push({ name: 'labels', weight: settings.labelWeight, value });
          }
          if (transfer) {
            const value = transfer.loss(ours.features, answers.features);
            terms.push({ name: 'features', weight: settings.featureWeight, value });
          }
          return weightedLoss(terms);
        },
      };
    },
    dispose: () => {
      for (const variable of transfer?.variables.values() ?? []) variable.dispose();
    },
  };
}

function halfway(one: tf.Tensor2D, other: tf.Tensor2D): tf.Tensor2D {
  return tf.div(tf.add(one, other), 2);
}

function rowsOf({ logits, features, classCount, featureDim }: Prediction, rows: Int32Array) {
  const pick = (values: Float32Array, width: number): tf.Tensor2D => {
    const picked = new Float32Array(rows.length * width);
    rows.forEach((row, index) => picked.set(values.subarray(row * width, (row + 1) * width), index * width));
    return tf.tensor2d(picked, [rows.length, width]);
  };
  return { logits: pick(logits, classCount), features: pick(features, featureDim) };
}

/** Open pictures come by this share as often as known ones; between, by the probability of being open. */
function knownWeights({ probabilities }: PoolSplit, openWeight: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / 3 }, (_, row) => {
    const open = Math.min(1, Math.max(0, probabilities[row * 3 + 2] as number));
    return 1 - (1 - openWeight) * open;
  });
}
