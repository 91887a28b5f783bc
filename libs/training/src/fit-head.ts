import { requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import { hasProjector } from '@winnow/models';
import { RidgeFit } from '@winnow/noise';
import { tf } from '@winnow/tensor';
import { askTeacher } from './ask-teacher';
import { foldModel } from './frozen-network';
import type { MethodContext } from './method';
import { predict } from './predict';
import { type ClassifierRows, HeadAgreement, ownHead } from './own-head';
import { selectImages } from './select-images';

/** Images whose features are in memory at once. */
const IMAGES_AT_ONCE = 1024;
/** Agreement beyond chance (Cohen's kappa) from which the rows are taken for those of our classes: labels and pools are noisy. */
const MIN_KAPPA = 0.25;
/** What a label leaves to the other classes: Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016, section 7. */
const SMOOTHING = 0.1;

/**
 * Gives the student the classifier that fits its features of the pool best before anything is trained: by ridge regression
 * to the teacher's logits, less their mean in each row, or without a teacher to those of the smoothed given labels. A
 * random one would spoil pretrained features in the first steps: Kumar et al., "Fine-Tuning can Distort Pretrained Features
 * and Underperform Out-of-Distribution", ICLR 2022. Where the weights came with rows for our classes, learnt from far more
 * images than a pool has, those are taken as they are, if they agree with the targets.
 * @throws WinnowError INTERNAL for a student whose classifier is the teacher's; others as predict
 */
export async function fitHead(
  context: MethodContext,
  { needsTeacher }: { readonly needsTeacher: boolean },
): Promise<void> {
  const { student, data, asked, signal, progress } = context;
  const { model, input } = student;
  const { images } = data;
  if (hasProjector(model)) throw new WinnowError('INTERNAL', `the classifier of ${model.name} is not its own`);
  const { classCount, featureDim } = model;
  const theirs = needsTeacher ? (await askTeacher(context, { mirrored: asked?.has(true) === true })).logits : null;
  const targetsOf = (rows: readonly number[]): Float32Array =>
    theirs === null
      ? labelLogits(rows, { labels: images.labels, classCount })
      : centredRows(theirs.subarray((rows[0] as number) * classCount), rows.length, classCount);
  const own = ownHead(context);
  const agreement = new HeadAgreement(own);
  const fit = new RidgeFit(featureDim, classCount);
  const frozen = foldModel(model, input);
  const shown = { label: 'fit classifier', total: images.count, unit: 'images' };
  await withProgress(progress, shown, async (task) => {
    for (let start = 0; start < images.count; start += IMAGES_AT_ONCE) {
      requireUninterrupted(signal, `the fit of the classifier stopped after ${start} of ${images.count} images`);
      const rows = Array.from({ length: Math.min(IMAGES_AT_ONCE, images.count - start) }, (_, row) => start + row);
      const { features } = await predict(frozen, selectImages(images, rows), { signal });
      const targets = targetsOf(rows);
      agreement.add(features, targets);
      fit.add({ features, targets });
      task.update(start + rows.length);
    }
  }).finally(() => frozen.dispose());
  const { weight, bias } = own !== null && agreement.kappa > MIN_KAPPA ? own : headOf(fit);
  const { parameters, classifierName } = model;
  tf.tidy(() => {
    const rows = tf.tensor2d(weight, [classCount, featureDim]);
    parameters.get(`${classifierName}.weight`)?.assign(tf.transpose(rows));
    parameters.get(`${classifierName}.bias`)?.assign(tf.tensor1d(bias));
  });
}

function headOf(fit: RidgeFit): ClassifierRows {
  const { weights, bias } = fit.solve();
  return { weight: Float32Array.from(weights.flatMap((row) => [...row])), bias: Float32Array.from(bias) };
}

/** Logits less their mean in each row: a softmax does not tell them apart. */
function centredRows(logits: Float32Array, count: number, classCount: number): Float32Array {
  const centred = logits.slice(0, count * classCount);
  for (let from = 0; from < centred.length; from += classCount) {
    const row = centred.subarray(from, from + classCount);
    const mean = row.reduce((sum, value) => sum + value, 0) / classCount;
    row.forEach((value, k) => (row[k] = value - mean));
  }
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
