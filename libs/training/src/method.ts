import type { InputSpec } from '@winnow/contracts';
import type { Model } from '@winnow/models';
import type { SeededRandom } from '@winnow/random';
import type { tf } from '@winnow/tensor';
import type { FrozenTeacher } from './frozen-network';
import type { ScheduleName } from './schedule';
import type { TrainingData } from './training-data';

/** A way to train a student. To add one, write its file in methods/ and name it in METHODS. */
export interface Method {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Without it the method does not start. */
  readonly needsTeacher: boolean;
  readonly needsSplit: boolean;
  /** Used unless the run asks for another. */
  readonly schedule: ScheduleName;
  /**
   * Makes what the steps need. The same context gives the same steps.
   * @throws WinnowError where data or networks do not fit
   */
  prepare(context: MethodContext): PreparedMethod;
}

/** The network that learns, and how it wants its pixels. */
export interface Student {
  readonly model: Model;
  readonly input: InputSpec;
}

export interface MethodContext {
  readonly data: TrainingData;
  /** Null for methods without one. */
  readonly teacher: FrozenTeacher | null;
  readonly student: Student;
  /** Pictures in a batch; where a method draws several sets, of each. */
  readonly batch: number;
  /** Seeded for the run; fork it by name. */
  readonly random: SeededRandom;
}

export interface PreparedMethod {
  /** Steps of one epoch. */
  readonly stepsPerEpoch: number;
  /** Trained beside the student (embeddings, heads), by name. */
  readonly modules: ReadonlyMap<string, tf.Variable>;
  /** Computed once and not trained, but part of a checkpoint, by name. */
  readonly frozen: ReadonlyMap<string, tf.Variable>;
  /** What the person should know: dropped terms, extensions. */
  readonly notes: readonly string[];
  /**
   * Draws one step's pictures and asks the teacher. A pure function of the seed and the step; runs inside a tidy.
   * @param step since the start of the run, from 0
   */
  step(step: number): TrainingStep;
  /** Frees modules and frozen variables. */
  dispose(): void;
}

export interface TrainingStep {
  /** Pictures of the pool drawn. */
  readonly imagesSeen: number;
  /** The part that gradients flow through; called once. */
  loss(): LossParts;
}

/** A loss as a named sum. */
export interface LossParts {
  readonly total: tf.Scalar;
  /** Every term, weighted as in the sum. */
  readonly parts: Readonly<Record<string, tf.Scalar>>;
}
