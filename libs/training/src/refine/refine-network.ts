import type { ImageSource } from '@winnow/contracts';
import type { Model } from '@winnow/models';
import { fitLabelModel, indexRows } from '@winnow/noise';
import type { SplitInput } from '@winnow/noise';
import type { SeededRandom } from '@winnow/random';
import { train } from '../loop/train';
import type { TrainRequest } from '../loop/train-options';
import type { Method } from '../method';
import { foldModel } from '../teacher/frozen-network';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { predict } from '../teacher/predict';
import { selectImages } from '../training-data';
import type { ViewLogits } from './choose-fraction';
import { copyTeacher, moveTowardsMean } from './copy-network';
import { posteriorTargets, refinementFolds, selectInput, softenedLogits } from './fold-data';
import { betweenFits } from './held-out';
import { refinementMethod } from './refinement-method';

/** Small steps: the copies must stay in one basin with the teacher, or their weights have no mean. */
const LEARNING_RATE = 0.02;

/** What a refinement has to go on. */
export interface RefinementTask extends Pick<TrainRequest, 'signal' | 'progress' | 'workers'> {
  readonly teacher: FrozenTeacher;
  readonly images: ImageSource;
  /** The teacher's flipped logits and its features of the images, the given labels and what else is known of them. */
  readonly input: SplitInput;
  /** The teacher's logits of the images alone, [count, classCount] */
  readonly plainLogits: Float32Array;
  readonly epochs: number;
  readonly batch: number;
  readonly random: SeededRandom;
}

/** What networks say that learnt other images. */
export interface CrossFit {
  /** Of each image, and the mean with its mirror image, by a network that did not learn it. */
  readonly logits: ViewLogits;
  /** One a fold. To be disposed of. */
  readonly networks: readonly Model[];
  /** Rows of each. */
  readonly folds: readonly Int32Array[];
}

/**
 * Fine-tunes a copy of the teacher on each fold's posterior, and on what the teacher says of the other images, and asks it
 * about those: label model and network of a fold see its labels alone, so that no label has a part in what is said of its
 * own image.
 * @throws WinnowError as train, predict and fitLabelModel
 */
export async function crossFit(task: RefinementTask): Promise<CrossFit> {
  const { images, input, random } = task;
  const folds = refinementFolds(images.count, random.fork('folds'));
  const empty = (): Float32Array => new Float32Array(input.logits.length);
  const logits = [empty(), empty()];
  const networks: Model[] = [];
  try {
    for (const [fold, rows] of folds.entries()) {
      const network = copyTeacher(task.teacher);
      networks.push(network);
      await learnFold(task, { network, fold, rows });
      for (const others of folds.filter((_, other) => other !== fold)) {
        await askAbout(task, { network, rows: others, logits });
      }
    }
    return { logits, networks, folds };
  } catch (error) {
    for (const network of networks) network.dispose();
    throw error;
  }
}

interface Fold {
  readonly network: Model;
  readonly fold: number;
  readonly rows: Int32Array;
}

async function learnFold(task: RefinementTask, { network, fold, rows }: Fold): Promise<void> {
  const { random, signal } = task;
  const { classCount, logits } = task.input;
  const own = selectInput(task.input, rows);
  await betweenFits(signal);
  const labelModel = fitLabelModel(own);
  const { temperature } = labelModel;
  // Images of other folds teach what the teacher says of them, which keeps what it knew.
  const targets = softenedLogits(logits, { classCount, temperature });
  indexRows(targets, posteriorTargets(labelModel, own.logits, classCount), { rows, width: classCount });
  const method = refinementMethod(`refine fold ${fold + 1}`, { targets, classCount, temperature });
  const seed = random.fork('fold', fold).uint32();
  await learnTargets(method, network, { ...task, seed });
}

type Learning = Pick<RefinementTask, 'images' | 'teacher' | 'epochs' | 'batch' | 'signal' | 'progress' | 'workers'>;

async function learnTargets(
  method: Method,
  network: Model,
  { images, teacher, epochs, batch, seed, signal, progress, workers }: Learning & { readonly seed: number },
): Promise<void> {
  await train({
    method,
    data: { images, split: null },
    teacher: null,
    student: { model: network, input: teacher.input },
    options: { epochs, batch, seed, learningRate: LEARNING_RATE },
    ...(signal && { signal }),
    ...(progress && { progress }),
    ...(workers !== undefined && { workers }),
  });
}

/**
 * Steps of a refinement for measuring their time: a copy of the teacher learns that nothing is known of the images, and is
 * thrown away.
 * @throws WinnowError as train; INTERNAL for a teacher that is none of our architectures
 */
export async function rehearseRefinement(learning: Learning): Promise<void> {
  const { classCount } = learning.teacher;
  const network = copyTeacher(learning.teacher);
  const targets = new Float32Array(learning.images.count * classCount).fill(1 / classCount);
  try {
    const method = refinementMethod('rehearse refinement', { targets, classCount, temperature: 1 });
    await learnTargets(method, network, { ...learning, seed: 0 });
  } finally {
    network.dispose();
  }
}

async function askAbout(
  { images, teacher, signal, progress, input: { classCount } }: RefinementTask,
  { network, rows, logits }: { readonly network: Model; readonly rows: Int32Array; readonly logits: ViewLogits },
): Promise<void> {
  const frozen = foldModel(network, teacher.input);
  const some = selectImages(images, rows);
  try {
    for (const [view, flipped] of [false, true].entries()) {
      const said = await predict(frozen, some, { flipped, features: false, signal, progress });
      indexRows(logits[view] as Float32Array, said.logits, { rows, width: classCount });
    }
  } finally {
    frozen.dispose();
  }
}

/** The teacher, moved a fraction of the way to the mean of the networks. To be disposed of. */
export function mixNetworks(teacher: FrozenTeacher, networks: readonly Model[], fraction: number): Model {
  const network = copyTeacher(teacher);
  moveTowardsMean(network, networks, fraction);
  return network;
}
