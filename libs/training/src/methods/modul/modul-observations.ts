import type { NoiseKind } from '@winnow/contracts';
import { classOneHot } from '@winnow/losses';
import type { ForwardResult } from '@winnow/models';
import { argmaxRows } from '@winnow/noise';
import type { SeededRandom } from '@winnow/random';
import { tf } from '@winnow/tensor';
import { concatPixels } from '../../augment/pixel-batch';
import type { PixelBatch } from '../../augment/pixel-batch';
import { turnPixels } from '../../augment/turn-pixels';
import { mixedTargets } from '../../batch-tensors';
import { inputTensor, teacherInput } from '../../input-tensor';
import type { NetworkPixels } from '../../input-tensor';
import type { DrawnImages, ViewRequest } from '../../loader/image-draw';
import type { MethodContext } from '../../method';
import type { FrozenTeacher } from '../../teacher/frozen-network';

/** How often the prototype contrast of a set is computed in a step, each time with a lambda of its own. */
const MIX_CALLS = 2;
const MIX_CONCENTRATION = 8;
const QUARTER_TURNS = [0, 1, 2, 3];

/** The paper's views of an image: a weak one and, of labelled images, a strong one. */
export const WEAK_VIEW: ViewRequest = { name: 'weak', augment: { basis: 'crop-flip' } };
export const STRONG_VIEW: ViewRequest = { name: 'strong', augment: { basis: 'crop-flip', augMix: {} } };

/** Views of one labelled set in one step, and what the teacher says to them. */
export interface LabelledView {
  /** The weak view, for the student. */
  readonly images: tf.Tensor4D;
  /** One-hot given (clean) or refined (closed) labels, [batch, classes]. */
  readonly targets: tf.Tensor2D;
  readonly teacher: ForwardResult;
  readonly mixes: readonly MixedView[];
}

export interface MixedView {
  readonly images: tf.Tensor4D;
  /** [2 batch, classes] */
  readonly targets: tf.Tensor2D;
  /** [2 batch, featureDim of the teacher] */
  readonly teacherFeatures: tf.Tensor2D;
}

export interface OpenView {
  /** Four turns of the weak view, [4 batch, ...]. */
  readonly images: tf.Tensor4D;
  readonly quarterTurns: readonly number[];
}

interface ObservationIndex {
  readonly context: MethodContext;
  readonly teacher: FrozenTeacher;
  /** Of this part of this step; draws how views are mixed. */
  readonly random: SeededRandom;
  /** False where there are no prototypes to compare with; default true. */
  readonly withMixes?: boolean;
}

/**
 * Clean images keep their given labels; closed ones get the class that a person told, else the teacher's best for the
 * weak view.
 * @param drawn weak and strong view
 */
export function observeLabelled(kind: NoiseKind, { rows, views }: DrawnImages, index: ObservationIndex): LabelledView {
  const { context, teacher, withMixes = true } = index;
  const { images } = context.data;
  const random = index.random.fork(kind);
  const [weak, strong] = views as readonly [PixelBatch, PixelBatch];
  const inputs = inputTensor(weak, context.student.input);
  const outputs = teacher.outputs(teacherInput(weak, { images: inputs, student: context.student, teacher }));
  const labels =
    kind === 'clean'
      ? Array.from(rows, (row) => images.labels[row] as number)
      : refinedLabels(rows, argmaxRows(outputs.logits.dataSync(), teacher.classCount), context.data.known);
  const both = { views: concatPixels([weak, strong]), labels: [...labels, ...labels] };
  const calls = withMixes ? Array.from({ length: MIX_CALLS }, (_, call) => random.fork('mix', call)) : [];
  return {
    images: inputs,
    targets: classOneHot(labels, images.classes.length),
    teacher: outputs,
    mixes: calls.map((stream) => observeMix(both, index, stream)),
  };
}

function refinedLabels(rows: Int32Array, best: Int32Array, known: Int32Array | undefined): number[] {
  return Array.from(rows, (row, at) => {
    const label = known?.[row] ?? -1;
    return label >= 0 ? label : (best[at] as number);
  });
}

function observeMix(
  { views, labels }: { readonly views: PixelBatch; readonly labels: readonly number[] },
  { context, teacher }: ObservationIndex,
  random: SeededRandom,
): MixedView {
  const lambda = random.beta(MIX_CONCENTRATION, MIX_CONCENTRATION);
  const order = random.permutation(views.count);
  const mixed = mixPixels(views, order, lambda);
  const inputs = inputTensor(mixed, context.student.input);
  // The rest of the answer is large and not needed.
  const teacherFeatures = tf.tidy(
    () => teacher.outputs(teacherInput(mixed, { images: inputs, student: context.student, teacher })).features,
  );
  const classCount = context.data.images.classes.length;
  return { images: inputs, targets: mixedTargets(labels, { order, lambda, classCount }), teacherFeatures };
}

/** Every image in its four quarter turns. @param drawn weak view */
export function observeOpen({ views }: DrawnImages, { context }: Pick<ObservationIndex, 'context'>): OpenView {
  const [weak] = views as readonly [PixelBatch];
  const turned = QUARTER_TURNS.map((turns) => turnPixels(weak, new Uint8Array(weak.count).fill(turns)));
  return {
    images: inputTensor(concatPixels(turned), context.student.input),
    quarterTurns: QUARTER_TURNS.flatMap((turns) => new Array<number>(weak.count).fill(turns)),
  };
}

/**
 * Mixup of images: `lambda x_i + (1 - lambda) x_order[i]`. As normalisation is affine it may follow.
 * Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018, equation 1.
 * @param order partner of each image, [count]
 * @param lambda 0..1
 */
export function mixPixels(batch: PixelBatch, order: ArrayLike<number>, lambda: number): NetworkPixels {
  const { count, size, pixels } = batch;
  const length = size * size * 3;
  const mixed = new Float32Array(pixels.length);
  for (let image = 0; image < count; image += 1) {
    const own = image * length;
    const other = (order[image] as number) * length;
    for (let at = 0; at < length; at += 1) {
      mixed[own + at] = lambda * (pixels[own + at] as number) + (1 - lambda) * (pixels[other + at] as number);
    }
  }
  return { count, size, pixels: mixed };
}
