import { crossEntropy, kdLoss } from '@winnow/losses';
import { createModel } from '@winnow/models';
import { type EngineName, sgdStep, tf } from '@winnow/tensor';
import { peakBytes } from '../harness/figures';
import { letEventsIn } from '../harness/in-turn';
import { type StepCompetitor, type StepTask, WARM_UP_STEPS } from './step-task';

const SGD = { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 5e-4 };
const TEMPERATURE = 4;

/** Our step on an engine of this process. @param select makes the engine current */
export function ourStep(
  bench: StepTask,
  engine: EngineName,
  {
    select,
    isAlone,
    signal,
  }: { select(engine: EngineName): Promise<unknown>; readonly isAlone: boolean; readonly signal: AbortSignal },
): StepCompetitor & { step(): void } {
  let step: () => void = () => undefined;
  return {
    name: engine,
    async prepare() {
      await select(engine);
      step = makeStep(bench);
      for (let warm = 0; warm < WARM_UP_STEPS; warm += 1) step();
    },
    async round() {
      await select(engine);
      step();
      const millis: number[] = [];
      for (let count = 0; count < bench.steps; count += 1) {
        await letEventsIn(signal);
        const start = performance.now();
        step();
        millis.push(performance.now() - start);
      }
      return { millis, peakBytes: isAlone ? peakBytes() : null };
    },
    step: () => step(),
    close: () => undefined,
  };
}

/** A step on one batch of noise, which is the same every time; its weights and tensors are never freed. */
function makeStep(bench: StepTask): () => void {
  const { kind, batch, size, classes } = bench;
  const images = tf.randomNormal<tf.Rank.R4>([batch, size, size, 3], 0, 1, 'float32', 1);
  const model = createModel(bench.model, { classCount: classes, seed: 1 });
  if (kind === 'inference') {
    const frozen = model.freeze();
    return () => tf.tidy(() => void frozen.forward(images).logits.dataSync());
  }
  const learn = learner(model);
  if (kind === 'train-step') {
    const labels = tf.tensor1d(
      Array.from({ length: batch }, (_, row) => row % classes),
      'int32',
    );
    const targets = tf.oneHot(labels, classes).toFloat() as tf.Tensor2D;
    return () => learn(() => crossEntropy(model.forward(images, { training: true }).logits, targets));
  }
  const teacher = createModel(bench.teacher, { classCount: classes, seed: 2 }).freeze();
  return () =>
    tf.tidy(() => {
      const targets = teacher.forward(images).logits;
      learn(() => kdLoss(model.forward(images, { training: true }).logits, targets, TEMPERATURE));
    });
}

function learner(model: ReturnType<typeof createModel>): (loss: () => tf.Scalar) => void {
  const weights = [...model.trainable];
  const velocities = weights.map((weight) => tf.tidy(() => tf.variable(tf.zerosLike(weight), false)));
  return (loss) =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, weights);
      sgdStep(
        weights,
        weights.map(({ name }) => grads[name] as tf.Tensor),
        velocities,
        SGD,
      );
      value.dataSync();
    });
}
