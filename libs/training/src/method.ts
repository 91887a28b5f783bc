import type { InputSpec, NoiseKind, ProgressSink, SplitName } from '@winnow/contracts';
import type { Model, ModelName, PretrainedWeights } from '@winnow/models';
import type { SeededRandom } from '@winnow/random';
import type { tf } from '@winnow/tensor';
import type { AugmentOptions } from './augment/augment-options';
import type { DrawnImages, ImageDraw } from './loader/image-draw';
import type { OptimizerName } from './loop/optimizer';
import type { ScheduleName } from './loop/schedule';
import type { KnownSettings, MethodSettings } from './method-settings';
import type { Refinement, RefineSettings } from './refine/refinement';
import type { FrozenTeacher } from './teacher/frozen-network';
import type { KeptOutputs, Prediction } from './teacher/predict';
import type { TrainingData } from './training-data';

/** A way to train a student. To add one, write its file in methods/ and name it in METHODS. */
export interface Method {
  readonly name: string;
  /** Names its random streams and checkpoints, where the method once had another name; default: its name. */
  readonly streamName?: string;
  /** One line for people. */
  readonly summary: string;
  /** From 1; raised where the same settings come to teach something else, so that runs of before are not taken for its own. */
  readonly revision: number;
  /** Without it the method does not start. */
  readonly needsTeacher: boolean;
  readonly needsSplit: boolean;
  /** What a person decided (TrainingData.known) changes what it teaches; default false. */
  readonly readsDecisions?: boolean;
  /** The split that it is made for; used unless the project names another. */
  readonly split: SplitName;
  /** It draws the views that it is defined by, some of them costly, and does not use `train.augment`; default false. */
  readonly ownViews?: boolean;
  /** Used unless the run asks for another. */
  readonly schedule: ScheduleName;
  /** Views of each image in a batch; default 1. */
  viewsOf?(asked: BatchRequest): number;
  /** How it refines the teacher before the first step; default: it does not. */
  refinementOf?(settings: MethodSettings): RefineSettings;
  /** Images that an epoch passes over, of a pool; default: all. */
  imagesPerEpoch?(pool: PoolCounts): number;
  /** Settings of the optimiser other than the usual ones; used unless the run asks for others. */
  readonly recipe?: Recipe;
  /** It reads the teacher's feature maps, which some imported teachers lack; default false. */
  readonly needsFeatureMap?: boolean;
  /** What a run may set otherwise, by name, and what values may be; default: nothing. */
  readonly settings?: KnownSettings;
  /**
   * The network to train instead of the one that was asked for, where something of the method stays in it for good (and
   * counts as its parameters and time).
   */
  studentModel?(asked: ModelName, teacher: FrozenTeacher): ModelName;
  /** Refuses a batch that it cannot draw, before anything is made. @throws WinnowError CONFIG_INVALID */
  checkBatch?(asked: BatchRequest): void;
  /**
   * Makes what the steps need. The same context gives the same steps.
   * @throws WinnowError where data or networks do not fit
   */
  prepare(context: MethodContext): PreparedMethod | Promise<PreparedMethod>;
}

/** A pool before it is learnt from. */
export interface PoolCounts {
  readonly count: number;
  /** Images of each noise kind; null where there is no noise split. */
  readonly kinds: Readonly<Record<NoiseKind, number>> | null;
  /** Images that a person decided to show none of the classes; default 0. */
  readonly decidedOpen?: number;
}

/** What decides which images a batch holds, and how many views of each. */
export type BatchRequest = Pick<MethodContext, 'batch' | 'accumulate' | 'settings' | 'optimizer'>;

interface Recipe {
  /** Of students that it suits (suitsOwnOptimizer). */
  readonly optimizer?: OptimizerName;
  readonly nesterov?: boolean;
  /** Length of a linear rise of the learning rate at the start, as a share of all steps, 0..1. */
  readonly warmUp?: number;
}

/** What a student begins with where it is not random. */
export interface StudentStart {
  readonly weights: PretrainedWeights;
  /** `fitted`: its new classifier is fitted to the pool before the first step; `random`: drawn by the seed. */
  readonly head: 'fitted' | 'random';
}

/** The network that learns, and how it wants its pixels. */
export interface Student {
  readonly model: Model;
  readonly input: InputSpec;
  /** What it began with; default: random weights. */
  readonly start?: StudentStart | undefined;
}

/** Logits of the pool by whether they are the mean with those of the mirror images. */
type AskedTeacher = Map<boolean, Promise<Prediction>>;

export interface MethodContext {
  readonly data: TrainingData;
  /** Null for methods without one. */
  readonly teacher: FrozenTeacher | null;
  readonly student: Student;
  /** Images in a batch; where a method draws several sets, of each. */
  readonly batch: number;
  /** Equal parts that a batch is cut into; default 1. */
  readonly accumulate?: number;
  /** What its steps are by; default: SGD. */
  readonly optimizer?: OptimizerName;
  /** Length of the run. */
  readonly epochs: number;
  /** How views are drawn, for methods without a recipe of their own. */
  readonly augment: AugmentOptions;
  /** Settings of the method that differ from its own, by name: for measuring what a part of it is worth. */
  readonly settings?: MethodSettings | undefined;
  /** Seeded for the run; fork it by name. */
  readonly random: SeededRandom;
  /** What the teacher was asked so far while the run is prepared. */
  readonly asked?: AskedTeacher;
  /** As TrainRequest. */
  readonly keptOutputs?: KeptOutputs | undefined;
  /** Aborting ends what is prepared, where that takes long. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ProgressSink | undefined;
  /** A checkpoint will give the frozen variables their values: what they are computed from is not needed. */
  readonly isResumed?: boolean;
  /** Threads that draw images. */
  readonly workers?: number | undefined;
  /** Told of a refinement of the teacher, whose network lives until the run is over; says nothing back. */
  readonly onTeacherRefined?: ((refinement: Refinement) => void | Promise<void>) | undefined;
}

export interface PreparedMethod {
  /** Steps of one epoch. */
  readonly stepsPerEpoch: number;
  /** Trained beside the student (embeddings, heads), by name. */
  readonly modules: ReadonlyMap<string, tf.Variable>;
  /** Computed once and not trained, but part of a checkpoint, by name. */
  readonly frozen: ReadonlyMap<string, tf.Variable>;
  /** What the person should know: dropped terms, extensions; read when the run is over. */
  readonly notes: readonly string[];
  /**
   * Says which images a step needs, and which views of them. A pure function of the seed and the step; no tensors.
   * They are drawn elsewhere, and before the step where that pays.
   * @param step since the start of the run, from 0
   */
  draw(step: number): readonly ImageDraw[];
  /**
   * Makes tensors of what was drawn and asks the teacher; they stay until the step is done. A pure function of the seed
   * and its arguments; runs inside a tidy. With gradient accumulation, called for each part of a batch.
   * @param drawn answers to the step's draws, or the same part of each
   */
  step(index: StepIndex, drawn: readonly DrawnImages[]): TrainingStep;
  /** Frees modules and frozen variables. */
  dispose(): void;
}

export interface StepIndex {
  /** Since the start of the run, from 0. */
  readonly step: number;
  /** Part of the batch, from 0; always 0 without gradient accumulation. */
  readonly part: number;
}

export interface TrainingStep {
  /** Images of the pool drawn. */
  readonly imagesSeen: number;
  /**
   * Summands of the loss, through which gradients flow; called once each, in turn. One that needs nothing of another's
   * forward passes is better apart: only one's intermediate results are in memory.
   */
  readonly losses: readonly (() => LossParts)[];
}

/** A loss as a named sum. */
export interface LossParts {
  readonly total: tf.Scalar;
  /** Every term, weighted as in the sum. */
  readonly parts: Readonly<Record<string, tf.Scalar>>;
}

/**
 * Images of a batch that holds as many views of each: as many as make equal parts of whole views. 0: the batch is too small.
 * @param views of an image; no more are drawn than there is room for
 */
export function imagesOfBatch(
  { batch, accumulate = 1 }: Pick<MethodContext, 'batch' | 'accumulate'>,
  views: number,
): number {
  const repeats = Math.min(views, batch);
  let images = Math.floor(batch / repeats);
  while ((images * repeats) % accumulate !== 0) images -= 1;
  return images;
}

/** Steps that a method makes in an epoch of a pool, before anything of it is prepared. @param asked batch: views in a step */
export function stepsPerEpoch(
  method: Pick<Method, 'viewsOf' | 'imagesPerEpoch'>,
  pool: PoolCounts,
  asked: BatchRequest,
): number {
  const images = method.imagesPerEpoch?.(pool) ?? pool.count;
  return Math.max(1, Math.floor(images / Math.max(1, imagesOfBatch(asked, method.viewsOf?.(asked) ?? 1))));
}
