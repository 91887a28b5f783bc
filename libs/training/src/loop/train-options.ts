import type { EpochMetrics, ProgressSink } from '@winnow/contracts';
import type { Model } from '@winnow/models';
import type { AugmentOptions } from '../augment/augment-options';
import type { FrozenTeacher } from '../teacher/frozen-network';
import type { KeptOutputs } from '../teacher/predict';
import type { Method, Student } from '../method';
import type { MethodSettings } from '../method-settings';
import type { OptimizerName } from './optimizer';
import type { Schedule } from './schedule';
import type { Refinement } from '../refine/refinement';
import type { TrainingData } from '../training-data';

export interface TrainOptions {
  readonly epochs: number;
  /** Images in a batch (of each set, where a method draws several). */
  readonly batch: number;
  readonly seed: number;
  /** Default .1 */
  readonly learningRate?: number;
  /** Default .9 */
  readonly momentum?: number;
  /** Default: the method's own, else false. */
  readonly nesterov?: boolean | undefined;
  /** Default 5e-4. SGD adds it to the gradients, AdamW takes it from the weights. */
  readonly weightDecay?: number;
  /** Default: the method's own where it suits the student, else sgd. */
  readonly optimizer?: OptimizerName;
  /** Of AdamW; default .9 and .999. */
  readonly betas?: readonly [number, number];
  /** Of AdamW; default 1e-8. */
  readonly epsilon?: number;
  /** Factor of the learning rate of the classifier, a projector and the method's modules; default 1. */
  readonly headRate?: number;
  /** Factor of the learning rate for each stage further from the classifier; default 1. */
  readonly layerDecay?: number;
  /** Whether biases and the scales and offsets of normalisations decay too; default true. */
  readonly decayNorms?: boolean;
  /**
   * What batch normalisation does: `train` normalises by the batch and moves the running statistics (the default);
   * `fixed-statistics` normalises by the running ones, which stay; `frozen` keeps its scales and offsets too.
   */
  readonly batchNorm?: 'train' | 'fixed-statistics' | 'frozen';
  /** Decay of an average of the weights, which is evaluated and kept in their place; default 0: none. */
  readonly ema?: number;
  /** Share of the weights that it began with in those that are evaluated and kept (WiSE-FT); default 0: none. */
  readonly startShare?: number;
  /** How views are drawn; default: crop and flip. Methods with views of their own do not use it. */
  readonly augment?: AugmentOptions;
  /**
   * Parts that each batch is cut into, computed one after the other with their gradients averaged: less memory, the same
   * step (of a method that draws several views of an image: of as many whole images as make equal parts), but batch normalisation (and losses that compare images within a batch) see only batch / accumulate
   * images at once. Default 1.
   */
  readonly accumulate?: number;
  /** Settings of the method that differ from its own. */
  readonly settings?: MethodSettings;
  /** Default: the method's own; where it does not say how long the warm-up is, the method's. */
  readonly schedule?: Schedule;
  /** Epochs between evaluations; the last epoch is always evaluated. Default 0: only the last. */
  readonly evaluateEvery?: number;
  /** Steps between checkpoints within an epoch. Default 0: only at its end. */
  readonly checkpointEverySteps?: number;
}

/** Where a run stood when its checkpoint was taken. */
export interface CheckpointPosition {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done since the start of the run. */
  readonly step: number;
}

/** Where checkpoints are kept; a run folder fits. */
export interface CheckpointStore {
  /** What errors name, to be removed for a fresh start; default: `checkpoint`. */
  readonly where?: string;
  /** The newest one, or null. */
  load(): Promise<Uint8Array | null>;
  save(bytes: Uint8Array, position: CheckpointPosition): Promise<void>;
}

export interface TrainRequest {
  readonly method: Method;
  readonly data: TrainingData;
  readonly teacher: FrozenTeacher | null;
  /** What the teacher said of the images of `data`, where that is kept; default: it is asked. */
  readonly keptOutputs?: KeptOutputs | undefined;
  /** Its weights are changed in place. */
  readonly student: Student;
  readonly options: TrainOptions;
  /** Accuracy of the student as it stands, 0..1. */
  readonly evaluate?: (student: Model) => number | Promise<number>;
  readonly checkpoint?: CheckpointStore;
  /** After every epoch, before its checkpoint. */
  readonly onEpoch?: (metrics: EpochMetrics) => void | Promise<void>;
  /** Told of a refinement of the teacher, for measuring; not in a run that is taken up. */
  readonly onTeacherRefined?: (refinement: Refinement) => void | Promise<void>;
  readonly progress?: ProgressSink;
  /** Aborting ends the run with a checkpoint, after the step in progress and, at the end of an epoch, `evaluate`. */
  readonly signal?: AbortSignal;
  /** Threads that draw images while the main one computes; default 0: none. Does not change the result. */
  readonly workers?: number;
  /** Seconds, from any start; default: the process's clock. */
  readonly seconds?: () => number;
}

export interface TrainResult {
  /** Steps of the whole run, earlier sittings included. */
  readonly steps: number;
  /** Images drawn, earlier sittings included. */
  readonly imagesSeen: number;
  /** What the method took before its first step, that of earlier sittings included. */
  readonly prepareSeconds: number;
  /** Epoch and step that a checkpoint was taken up from; null for a fresh start. */
  readonly resumedFrom: CheckpointPosition | null;
  /** Epochs of this sitting. */
  readonly metrics: readonly EpochMetrics[];
  readonly notes: readonly string[];
}
