import { tf } from '@winnow/tensor';
import type { LossParts, PreparedMethod, Student, TrainingStep } from '../method';
import { createOptimizer, type Optimizer, type OptimizerSettings } from './optimizer';
import { WeightAverage } from './weight-average';
import { weightFactors, type WeightGroups } from './weight-factors';

/** What one step gave, as numbers. */
export interface StepResult {
  readonly loss: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly imagesSeen: number;
}

export interface TrainingStateSettings extends WeightGroups {
  readonly optimizer: OptimizerSettings;
  /** Decay of an average of the student's weights; 0: none is kept. */
  readonly ema: number;
  /** Share of the weights of the start in what the student ends with. */
  readonly startShare: number;
}

/** Every tensor of a run that changes: weights, running statistics, modules, what the optimiser remembers, averages. */
export class TrainingState {
  /** All by checkpoint name. */
  readonly tensors: ReadonlyMap<string, tf.Variable>;
  /** What the student ends with where that is not its last weights; else null. */
  readonly average: WeightAverage | null;
  readonly #variables: readonly tf.Variable[];
  readonly #optimizer: Optimizer;

  constructor(student: Student, prepared: PreparedMethod, settings: TrainingStateSettings) {
    const { model } = student;
    const { modules } = prepared;
    const named = (prefix: string, variables: ReadonlyMap<string, tf.Variable>): [string, tf.Variable][] =>
      [...variables].map(([name, variable]) => [`${prefix}/${name}`, variable]);
    const trainable = new Set(model.trainable);
    const trained = [...model.parameters].filter(([, variable]) => trainable.has(variable));
    const optimized = new Map([...named('student', new Map(trained)), ...named('module', modules)]);
    const factors = weightFactors(
      { student: new Map(trained), classifierName: model.classifierName, modules },
      settings,
    );
    this.#variables = [...optimized.values()];
    this.#optimizer = createOptimizer(settings.optimizer, optimized, factors);
    const { ema: decay, startShare: startFraction } = settings;
    this.average =
      decay > 0 || startFraction > 0 ? new WeightAverage(model.parameters, { decay, startShare: startFraction }) : null;
    this.tensors = new Map([
      ...named('student', model.parameters),
      ...named('module', modules),
      ...named('frozen', prepared.frozen),
      ...this.#optimizer.tensors,
      ...(this.average?.tensors ?? []),
    ]);
  }

  /**
   * One optimiser step on the mean gradient of its parts (one, or the micro-batches of gradient accumulation), each the
   * sum over its losses. Where a loss is a mean over images that do not see each other, equal parts give the gradient
   * of the whole. A weight that no loss reaches stays as it is.
   * @param at base rate of this step, and its number from 0 since the start of the run
   * @returns means over the parts, and the sum of images
   */
  apply(
    makeSteps: readonly (() => TrainingStep)[],
    at: { readonly learningRate: number; readonly step: number },
  ): StepResult {
    const sums = new Map<tf.Variable, tf.Tensor>();
    try {
      const results = makeSteps.map((makeStep) => this.#addGradients(makeStep, sums));
      tf.tidy(() => {
        const slopes = this.#variables.flatMap((variable) => {
          const sum = sums.get(variable);
          return sum ? [{ variable, gradient: results.length === 1 ? sum : tf.div(sum, results.length) }] : [];
        });
        this.#optimizer.step(slopes, at);
      });
      this.average?.update(at.step + 1);
      return meanResult(results);
    } finally {
      tf.dispose([...sums.values()]);
    }
  }

  /** Computes one part, summand by summand, and adds its gradients to the sums, which the caller disposes of. */
  #addGradients(makeStep: () => TrainingStep, sums: Map<tf.Variable, tf.Tensor>): StepResult {
    return tf.tidy(() => {
      const { imagesSeen, losses } = makeStep();
      const parts: Record<string, number> = {};
      let total = 0;
      for (const makeLoss of losses) {
        const loss = this.#addGradientsOf(makeLoss, sums);
        total += loss.total;
        for (const [name, value] of Object.entries(loss.parts)) parts[name] = (parts[name] ?? 0) + value;
      }
      return { loss: total, parts, imagesSeen };
    }) as unknown as StepResult;
  }

  #addGradientsOf(
    makeLoss: () => LossParts,
    sums: Map<tf.Variable, tf.Tensor>,
  ): { readonly total: number; readonly parts: Readonly<Record<string, number>> } {
    let parts: LossParts['parts'] = {};
    try {
      const total = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => {
          const loss = makeLoss();
          // They are read after the backward pass: reading waits for the device.
          parts = loss.parts;
          for (const part of Object.values(parts)) tf.keep(part);
          return loss.total;
        }, [...this.#variables]);
        for (const variable of this.#variables) {
          const gradient = grads[variable.name];
          if (!gradient) continue;
          const before = sums.get(variable);
          sums.set(variable, tf.keep(before ? tf.add(before, gradient) : gradient));
          before?.dispose();
        }
        return value.dataSync()[0] as number;
      });
      const numbers = Object.entries(parts).map(([name, part]) => [name, part.dataSync()[0] as number] as const);
      return { total, parts: Object.fromEntries(numbers) };
    } finally {
      tf.dispose(Object.values(parts));
    }
  }

  /** Names of the tensors that hold a value that is no finite number. */
  notFinite(): readonly string[] {
    return [...this.tensors].flatMap(([name, variable]) =>
      tf.tidy(() => tf.all(tf.isFinite(variable)).dataSync()[0]) ? [] : [name],
    );
  }

  /** Frees what the optimiser remembers and averages; weights and modules belong to others. */
  dispose(): void {
    this.#optimizer.dispose();
    this.average?.dispose();
  }
}

function meanResult(results: readonly StepResult[]): StepResult {
  const mean = (of: (result: StepResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0) / results.length;
  const names = Object.keys(results[0]?.parts ?? {});
  return {
    loss: mean(({ loss }) => loss),
    parts: Object.fromEntries(names.map((name) => [name, mean(({ parts }) => parts[name] as number)])),
    imagesSeen: results.reduce((sum, { imagesSeen }) => sum + imagesSeen, 0),
  };
}
