import { sgdStep, type SgdOptions, tf } from '@winnow/tensor';
import type { LossParts, PreparedMethod, Student, TrainingStep } from './method';

/** What one step gave, as numbers. */
export interface StepResult {
  readonly loss: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly imagesSeen: number;
}

/** Every tensor of a run that changes: weights, running statistics, modules, velocities. */
export class TrainingState {
  /** All by checkpoint name. */
  readonly tensors: ReadonlyMap<string, tf.Variable>;
  readonly #variables: readonly tf.Variable[];
  readonly #velocities: readonly tf.Variable[];

  constructor(student: Student, prepared: PreparedMethod) {
    const tensors = new Map<string, tf.Variable>();
    const trained: tf.Variable[] = [];
    const trainable = new Set(student.model.trainable);
    const add = (name: string, variable: tf.Variable, isTrained: boolean): void => {
      tensors.set(name, variable);
      if (isTrained) trained.push(variable);
    };
    for (const [name, variable] of student.model.parameters) add(`student/${name}`, variable, trainable.has(variable));
    for (const [name, variable] of prepared.modules) add(`module/${name}`, variable, true);
    for (const [name, variable] of prepared.frozen) add(`frozen/${name}`, variable, false);
    const names = new Map([...tensors].map(([name, variable]) => [variable, name]));
    this.#variables = trained;
    this.#velocities = trained.map((variable) => {
      const velocity = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
      tensors.set(`velocity/${names.get(variable)}`, velocity);
      return velocity;
    });
    this.tensors = tensors;
  }

  /**
   * One optimiser step on the mean gradient of its parts (one, or the micro-batches of gradient accumulation), each the
   * sum over its losses. Where a loss is a mean over pictures that do not see each other, equal parts give the gradient
   * of the whole. A weight that no loss reaches stays as it is.
   * @returns means over the parts, and the sum of pictures
   */
  apply(makeSteps: readonly (() => TrainingStep)[], sgd: SgdOptions): StepResult {
    const sums = new Map<tf.Variable, tf.Tensor>();
    try {
      const results = makeSteps.map((makeStep) => this.#addGradients(makeStep, sums));
      tf.tidy(() => {
        const reached = this.#variables.flatMap((variable, index) => {
          const sum = sums.get(variable);
          return sum ? [{ variable, sum, velocity: this.#velocities[index] as tf.Variable }] : [];
        });
        sgdStep(
          reached.map(({ variable }) => variable),
          reached.map(({ sum }) => (results.length === 1 ? sum : tf.div(sum, results.length))),
          reached.map(({ velocity }) => velocity),
          sgd,
        );
      });
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

  /** Frees the velocities; weights and modules belong to others. */
  dispose(): void {
    for (const velocity of this.#velocities) velocity.dispose();
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
