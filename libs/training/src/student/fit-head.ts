import { requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import { hasProjector } from '@winnow/models';
import { RidgeFit } from '@winnow/noise';
import { tf } from '@winnow/tensor';
import type { Method, MethodContext } from '../method';
import { decidedLabels } from '../methods/decided-logits';
import { foldModel } from '../teacher/frozen-network';
import { predict } from '../teacher/predict';
import { teacherOutputs } from '../teacher/required-teacher';
import { everyRow, selectImages } from '../training-data';
import { headKappa, ownHead } from './own-head';
import type { ClassifierRows } from './own-head';

/** Images whose features are in memory at once. */
const IMAGES_AT_ONCE = 1024;
/** Agreement beyond chance (Cohen's kappa) from which the rows are taken for those of our classes: labels and pools are noisy. */
const MIN_KAPPA = 0.25;
/** What a label leaves to the other classes: Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016, section 7. */
const SMOOTHING = 0.1;

/**
 * Gives the student the classifier that fits its features of the pool best before anything is trained: by ridge regression
 * to the teacher's logits, less their mean in each row, or without a teacher to those of the smoothed labels that the method
 * learns: decided ones in the place of given ones where it reads them, without images of none of the classes. A
 * random one would spoil pretrained features in the first steps: Kumar et al., "Fine-Tuning can Distort Pretrained Features
 * and Underperform Out-of-Distribution", ICLR 2022. Where the weights came with rows for our classes, learnt from far more
 * images than a pool has, those are taken as they are, if they agree with the targets.
 * @throws WinnowError INTERNAL for a student whose classifier is the teacher's; others as predict
 */
export async function fitHead(
  context: MethodContext,
  { needsTeacher, readsDecisions = false }: Pick<Method, 'needsTeacher' | 'readsDecisions'>,
): Promise<void> {
  const { student, data, asked, signal } = context;
  const { model, input } = student;
  const { images, known } = data;
  if (hasProjector(model)) throw new WinnowError('INTERNAL', `the classifier of ${model.name} is not its own`);
  const { classCount } = model;
  const theirs = needsTeacher ? (await teacherOutputs(context, { flipped: asked?.has(true) === true })).logits : null;
  const labels = decidedLabels(images.labels, readsDecisions ? known : undefined);
  const taught = [...everyRow(images)].filter((row) => theirs !== null || labels[row] !== classCount);
  const targetsOf = (rows: readonly number[]): Float32Array =>
    theirs === null ? labelLogits(rows, { labels, classCount }) : centredRows(theirs, rows, classCount);
  const own = ownHead(context);
  const frozen = foldModel(model, input);
  try {
    /** Features and targets of some images. */
    const observe = async (rows: readonly number[]) => {
      const { features } = await predict(frozen, selectImages(images, rows), { signal });
      return { features, targets: targetsOf(rows) };
    };
    const isOwn = own !== null && headKappa(own, await observe(sampleRows(taught))) > MIN_KAPPA;
    setClassifier(model, isOwn ? own : await ridgeHead(context, taught, observe));
  } finally {
    frozen.dispose();
  }
}

/** Rows spread over the pool, whose images may stand class by class: enough to tell chance from agreement. */
function sampleRows(rows: readonly number[]): readonly number[] {
  const size = Math.min(rows.length, IMAGES_AT_ONCE);
  return Array.from({ length: size }, (_, index) => rows[Math.floor((index * rows.length) / size)] as number);
}

type Observe = (
  rows: readonly number[],
) => Promise<{ readonly features: Float32Array; readonly targets: Float32Array }>;

/** The best linear fit over all images that teach it. */
async function ridgeHead(
  { student, signal, progress }: MethodContext,
  taught: readonly number[],
  observe: Observe,
): Promise<ClassifierRows> {
  const count = taught.length;
  const { featureDim, classCount } = student.model;
  const fit = new RidgeFit(featureDim, classCount);
  await withProgress(progress, { label: 'fit classifier', total: count, unit: 'images' }, async (task) => {
    for (let start = 0; start < count; start += IMAGES_AT_ONCE) {
      requireUninterrupted(signal, `the fit of the classifier stopped after ${start} of ${count} images`);
      const rows = taught.slice(start, start + IMAGES_AT_ONCE);
      fit.add(await observe(rows));
      task.update(start + rows.length);
    }
  });
  const { weights, bias } = fit.solve();
  return { weight: Float32Array.from(weights.flatMap((row) => [...row])), bias: Float32Array.from(bias) };
}

function setClassifier(model: MethodContext['student']['model'], { weight, bias }: ClassifierRows): void {
  const { parameters, classifierName, classCount, featureDim } = model;
  tf.tidy(() => {
    const rows = tf.tensor2d(weight, [classCount, featureDim]);
    parameters.get(`${classifierName}.weight`)?.assign(tf.transpose(rows));
    parameters.get(`${classifierName}.bias`)?.assign(tf.tensor1d(bias));
  });
}

/** Logits less their mean in each row: a softmax does not tell them apart. */
function centredRows(logits: Float32Array, rows: readonly number[], classCount: number): Float32Array {
  const centred = new Float32Array(rows.length * classCount);
  rows.forEach((row, index) => {
    const own = logits.subarray(row * classCount, (row + 1) * classCount);
    const mean = own.reduce((sum, value) => sum + value, 0) / classCount;
    own.forEach((value, k) => (centred[index * classCount + k] = value - mean));
  });
  return centred;
}

/** Logits whose softmax is the smoothed label, less their mean. */
function labelLogits(
  rows: readonly number[],
  { labels, classCount }: { readonly labels: Int32Array; readonly classCount: number },
): Float32Array {
  const others = SMOOTHING / classCount;
  const height = Math.log((1 - SMOOTHING + others) / others);
  const logits = new Float32Array(rows.length * classCount).fill(-height / classCount);
  rows.forEach((row, at) => {
    const place = at * classCount + (labels[row] as number);
    logits[place] = (logits[place] as number) + height;
  });
  return logits;
}
