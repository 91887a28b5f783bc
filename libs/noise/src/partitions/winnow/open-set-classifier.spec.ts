import { SeededRandom } from '@winnow/random';
import { ESTIMATE_ROWS } from '../../linear-algebra/gram-matrices';
import { sigmoid } from '../../row-math';
import { generatedPool } from '../../spec-support/generated-pool';
import type { SplitFeatures } from '../../split';
import { NO_CLASS, splitQuality } from '../../split-quality';
import { OpenSetClassifier } from './open-set-classifier';
import type { OpenSetBasis } from './open-set-classifier';
import { winnowSplit } from './winnow-split';

const noise = (seed: string, length: number): Float32Array => {
  const random = new SeededRandom(seed);
  return Float32Array.from({ length }, () => random.normal());
};

/** A constant, one column that tells the posteriors, and columns that tell nothing. */
function basisOf(count: number, useless: number): OpenSetBasis {
  const width = 2 + useless;
  const values = noise('gate', count * width);
  for (let row = 0; row < count; row += 1) values[row * width] = 1;
  return { values, width, blocks: [1, 2], means: new Float64Array(width) };
}

describe('OpenSetClassifier that adapts', () => {
  const COUNT = 400;

  it('follows the column that tells, and no other', () => {
    const basis = basisOf(COUNT, 40);
    const corrected = Float64Array.from({ length: COUNT }, (_, row) => {
      return sigmoid(3 * (basis.values[row * basis.width + 1] as number));
    });
    const luck = noise('luck', COUNT);
    const drawn = corrected.map((chance, row) => Number(sigmoid(1.7 * (luck[row] as number)) < chance));
    const errorOf = (adapts: boolean): number => {
      const classifier = new OpenSetClassifier(basis, { fraction: 0.3, ridge: adapts ? COUNT : 1, adapts });
      for (let round = 0; round < 60; round += 1) classifier.learn(drawn);
      return classifier.chances.reduce(
        (sum, chance, row) => sum + (chance - (corrected[row] as number)) ** 2 / COUNT,
        0,
      );
    };
    expect(errorOf(true)).toBeLessThan(0.01);
    expect(errorOf(true)).toBeLessThan(errorOf(false) / 3);
  });

  it('judges an image as a classifier does that never saw it', () => {
    const count = 60;
    const basis = basisOf(count, 4);
    const target = Float64Array.from(noise('target', count), (value) => Number(value > 0));
    const chanceOfLast = (posteriors: Float64Array, follows: boolean): number => {
      const classifier = new OpenSetClassifier(basis, { fraction: 0.3, ridge: 5, adapts: true });
      for (let round = 0; round < 300; round += 1) {
        classifier.learn(posteriors);
        // What is said to be as the classifier has it pulls the classifier nowhere.
        if (follows) posteriors[count - 1] = classifier.chances[count - 1] as number;
      }
      return classifier.chances[count - 1] as number;
    };
    expect(Math.abs(chanceOfLast(target.slice(), false) - chanceOfLast(target.slice(), true))).toBeLessThan(0.03);
  });
});

describe('OpenSetClassifier of more images than an estimate needs', () => {
  it('comes nearer to the posteriors with each step, whatever the order of the images', () => {
    const [count, width] = [2 * ESTIMATE_ROWS, 2];
    // All that varies is in every second image.
    const values = Float32Array.from({ length: count * width }, (_, at) => {
      const [row, isConstant] = [at >> 1, at % 2 === 0];
      return isConstant ? 1 : row % 2 === 0 ? 0 : (row % 4) - 2;
    });
    const posteriors = Float64Array.from({ length: count }, (_, row) => (row % 4 === 1 ? 0.9 : 0.2));
    const classifier = new OpenSetClassifier(
      { values, width, blocks: [1], means: new Float64Array(width) },
      { fraction: 0.3, ridge: 1, adapts: false },
    );
    const missed = (): number =>
      classifier.chances.reduce((sum, chance, row) => {
        const posterior = posteriors[row] as number;
        return sum - posterior * Math.log(chance) - (1 - posterior) * Math.log(1 - chance);
      }, 0) / count;
    const losses = [missed()];
    for (let round = 0; round < 6; round += 1) {
      classifier.learn(posteriors);
      losses.push(missed());
    }
    losses.slice(1).forEach((loss, at) => expect(loss).toBeLessThanOrEqual((losses[at] as number) + 1e-9));
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });
});

describe('features of the split winnow', () => {
  const macroF1 = (count: number, change: (features: SplitFeatures) => SplitFeatures | null, seed = 2): number => {
    const { input, trueLabels } = generatedPool({
      classCount: 10,
      count,
      closed: 0.2,
      open: 0.3,
      spread: 0.4,
      seed,
    });
    const features = change(input.features as SplitFeatures);
    return splitQuality(winnowSplit({ ...input, features }), {
      method: 'test',
      givenLabels: input.labels,
      trueLabels,
    }).macroF1;
  };

  it.each([200, 800])('cost nothing where they mean nothing: %d images, 512 numbers each', (count) => {
    // Of one small pool a few images decide.
    const costs = [1, 2, 3, 4].map((seed) => {
      const useless = { values: noise(`useless ${seed}`, count * 512), dim: 512 };
      return macroF1(count, () => null, seed) - macroF1(count, () => useless, seed);
    });
    expect(costs.reduce((sum, cost) => sum + cost, 0) / costs.length).toBeLessThan(0.01);
  });

  it('are used where they tell what logits do not', () => {
    const { trueLabels } = generatedPool({ classCount: 10, count: 600, closed: 0.2, open: 0.3, spread: 0.4, seed: 2 });
    const values = noise('telling', 600 * 32);
    trueLabels.forEach(
      (label, row) => (values[row * 32 + 9] = (label === NO_CLASS ? 8 : 0) + (values[row * 32 + 9] as number)),
    );
    expect(macroF1(600, () => ({ values, dim: 32 }))).toBeGreaterThan(macroF1(600, () => null) + 0.05);
  });
});
