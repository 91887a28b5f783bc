import { createModel } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { onEngines } from '@winnow/tensor';
import { foldModel } from '../teacher/frozen-network';
import { fitClassifier, recoverClassifier } from './reused-classifier';
import { colourImages, SMALL_INPUT } from '../spec-support/training-under-test';

const random = new SeededRandom('classifier');
const drawn = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, () => random.normal() * scale);

describe('fitClassifier', () => {
  const [count, featureDim, classCount] = [40, 5, 3];
  const features = drawn(count * featureDim);
  const [weight, bias] = [drawn(featureDim * classCount), drawn(classCount)];
  const outputs = (noise: number) => {
    const logits = Float32Array.from({ length: count * classCount }, (_, at) => {
      const [row, k] = [Math.floor(at / classCount), at % classCount];
      let sum = (bias[k] as number) + noise * random.normal();
      for (let i = 0; i < featureDim; i += 1) sum += (features[row * featureDim + i] as number) * (weight[i * classCount + k] as number); // prettier-ignore
      return sum;
    });
    return { count, featureDim, classCount, features, logits };
  };

  it('finds the weights that made the logits, and says what no weights explain', () => {
    const exact = fitClassifier(outputs(0));
    weight.forEach((value, at) => expect(exact.weight[at]).toBeCloseTo(value, 5));
    bias.forEach((value, at) => expect(exact.bias[at]).toBeCloseTo(value, 5));
    expect(exact.unexplained).toBeLessThan(1e-9);
    const { unexplained } = fitClassifier(outputs(1));
    expect(unexplained).toBeGreaterThan(0.05);
    expect(unexplained).toBeLessThan(0.5);
  });

  it('gives features that never change no weight, and copies of one their share', () => {
    const dead = new Float32Array(count * 3);
    for (let row = 0; row < count; row += 1) dead.set([7, row, row], row * 3);
    const logits = Float32Array.from({ length: count }, (_, row) => 2 * row + 1);
    const { weight: found, bias: offset } = fitClassifier({
      count,
      featureDim: 3,
      classCount: 1,
      features: dead,
      logits,
    });
    [0, 1, 1].forEach((value, at) => expect(found[at]).toBeCloseTo(value, 4));
    expect(offset[0]).toBeCloseTo(1, 3);
  });

  it('answers with the mean where all features are zero', () => {
    const logits = Float32Array.of(1, 3);
    const found = fitClassifier({ count: 2, featureDim: 2, classCount: 1, features: new Float32Array(4), logits });
    expect([...found.weight, ...found.bias]).toEqual([0, 0, 2]);
    expect(found.unexplained).toBe(1);
  });
});

onEngines(() => {
  it('recovers the classifier of a network that only answers', async () => {
    const model = createModel('resnet8', { classCount: 3, seed: 1 });
    const frozen = foldModel(model, SMALL_INPUT);
    // Twice as many images as the 64 features.
    const { weight, bias, ...found } = await recoverClassifier(frozen, colourImages(128));
    const theirs = model.parameters.get('fc.weight')?.dataSync() as Float32Array;
    const largest = theirs.reduce((most, value, at) => Math.max(most, Math.abs(value - (weight[at] as number))), 0);
    expect(largest).toBeLessThan(2e-2);
    expect(found).toMatchObject({ images: 128, heldOut: 0 });
    expect(found.unexplained).toBeLessThan(1e-6);
    expect(bias).toHaveLength(3);
    await expect(recoverClassifier({ ...frozen, featureDim: 0 }, colourImages(3))).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
    });
    frozen.dispose();
    model.dispose();
  });

  it('measures on images outside the fit where they are few, and says nothing where they are fewer', async () => {
    const model = createModel('resnet8', { classCount: 3, seed: 1 });
    const frozen = foldModel(model, SMALL_INPUT);
    const few = await recoverClassifier(frozen, colourImages(40));
    expect(few).toMatchObject({ images: 40, heldOut: 8 });
    expect(few.unexplained).toBeGreaterThan(1e-3);
    // Its features are enough to find the rest.
    const enough = await recoverClassifier(frozen, colourImages(120));
    expect(enough).toMatchObject({ images: 120, heldOut: 24 });
    expect(enough.unexplained).toBeLessThan(1e-4);
    expect(await recoverClassifier(frozen, colourImages(12))).toMatchObject({ heldOut: 2, unexplained: null });
    frozen.dispose();
    model.dispose();
  });
});
