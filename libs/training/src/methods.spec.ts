import { METHOD_NAMES, type MethodName } from '@winnow/contracts';
import type { EpochMetrics } from '@winnow/contracts';
import { createModel, decodeSafetensors, type Model } from '@winnow/models';
import { onEngines, tf } from '@winnow/tensor';
import { createStudent } from './student/create-student';
import { freezeModel } from './teacher/frozen-network';
import { METHODS } from './methods';
import { train } from './loop/train';
import { data, OPTIONS, run, stoppingStore } from './spec-support/train-under-test';
import { colourImages, SMALL_INPUT, smallNetwork, turnwiseSplit } from './spec-support/training-under-test';

const withoutSeconds = (metrics: readonly EpochMetrics[]) => metrics.map((line) => ({ ...line, seconds: 0 }));

/** A step that leaves a tensor behind does so each time: some show it. */
const LEAK_STEPS = 16;
/** Some 25 steps each. */
const FALLING_EPOCHS: Partial<Record<MethodName, number>> = { modul: 8, 'kd-known': 7, dfnd: 8 };
/** The small network has no batch norm to tame the losses that are meant to be large. */
const RATES: Partial<Record<MethodName, number>> = { fitnet: 1e-3 };

onEngines((engine) => {
  describe.each(METHOD_NAMES)('%s', (name) => {
    let undisturbed: ReturnType<typeof run> | undefined;
    /** A whole run, once for the tests that compare with it. */
    const wholeRun = () => (undisturbed ??= run(name));

    it('has a falling loss, and leaves no tensors behind', async () => {
      const before = tf.memory().numTensors;
      const counts: number[] = [];
      const update = (step: number) =>
        void (step === 1 || step === LEAK_STEPS ? counts.push(tf.memory().numTensors) : 0);
      const progress = {
        start: ({ label }: { readonly label: string }) => ({
          update: label === `train ${name}` ? update : () => undefined,
          end: () => undefined,
        }),
      };
      const options = { epochs: FALLING_EPOCHS[name] ?? 4, learningRate: RATES[name] ?? 0.02 };
      const { metrics } = await run(name, options, { progress });
      const losses = metrics.map(({ loss }) => loss);
      expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.95);
      for (const { parts, loss } of metrics) {
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(loss, 4);
      }
      expect(counts).toHaveLength(2);
      expect(counts[1]).toBe(counts[0]);
      expect(tf.memory().numTensors).toBe(before);
    });

    it('gives other bits for another seed', async () => {
      expect((await run(name, { seed: 6 })).weights).not.toEqual((await wholeRun()).weights);
    });

    it('ends with the same bits for the same seed, also when stopped in the middle of an epoch and taken up again', async () => {
      const whole = await wholeRun();
      const stopAt = Math.floor((whole.metrics[0]?.steps ?? 0) / 2) || 1;
      const { kept, signal, checkpoint } = stoppingStore(stopAt);
      await expect(run(name, {}, { checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
      const resumed = await run(name, {}, { checkpoint: { ...checkpoint, load: async () => kept.at(-1) ?? null } });
      expect(resumed.weights).toEqual(whole.weights);
      expect(withoutSeconds(resumed.metrics)).toEqual(withoutSeconds(whole.metrics).slice(-resumed.metrics.length));
    });

    it('trains with accumulated gradients, few images and none of a kind, whatever the split says', async () => {
      const few = colourImages(5);
      for (const kinds of [
        [0, 0, 0, 0, 0],
        [2, 1, 1, 2, 1],
      ]) {
        const split = { ...turnwiseSplit(few), kinds: Uint8Array.from(kinds) };
        const { metrics } = await run(name, { accumulate: 2, epochs: 2 }, { data: { images: few, split } });
        expect(metrics.map(({ imagesSeen }) => imagesSeen > 0)).toEqual([true, true]);
      }
    });

    // What a method makes of batch norms is no engine's: the other one has it.
    if (engine === 'tensorflow') return;

    it("moves the student's running statistics, and not the teacher's", async () => {
      const teacherModel = createModel('resnet8', { classCount: 3, seed: 3 });
      const teacher = freezeModel(teacherModel, SMALL_INPUT);
      const model = createStudent(METHODS[name], { model: 'resnet8', teacher, classCount: 3, seed: 1 });
      const statistics = (of: Model) =>
        [...of.parameters]
          .filter(([parameter]) => parameter.endsWith('running_mean'))
          .map(([, variable]) => [...variable.dataSync()]);
      const [before, frozen] = [statistics(model), statistics(teacherModel)];
      const options = { ...OPTIONS, epochs: 1, batch: 15 };
      await train({ method: METHODS[name], data, teacher, student: { model, input: SMALL_INPUT }, options });
      const after = statistics(model);
      before.forEach((means, layer) => expect(after[layer]).not.toEqual(means));
      expect(statistics(teacherModel)).toEqual(frozen);
      model.dispose();
      teacherModel.dispose();
    });
  });

  it('kd3 goes on with the counts of confident images that it had', async () => {
    const model = smallNetwork({ seed: 9 });
    const soft = freezeModel(model, SMALL_INPUT);
    const outputs = (images: tf.Tensor4D) => {
      const answers = soft.outputs(images);
      return { ...answers, logits: tf.mul(answers.logits, 5) as tf.Tensor2D };
    };
    const teacher = { ...soft, outputs };
    const whole = await run('kd3', {}, { teacher });
    const { kept, signal, checkpoint } = stoppingStore(10);
    await expect(run('kd3', {}, { teacher, checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const last = kept.at(-1) as Uint8Array;
    const counts = decodeSafetensors(last, 'test').tensors.get('frozen/confident-counts')?.data as Float32Array;
    expect([counts.slice(0, 3), counts.slice(3)].map((row) => row.some((count) => count > 0))).toEqual([true, true]);
    const resumed = await run('kd3', {}, { teacher, checkpoint: { ...checkpoint, load: async () => last } });
    expect(resumed.weights).toEqual(whole.weights);
    model.dispose();
  });
});
