import { SeededRandom } from '@winnow/random';
import { correctLogits, fitLogitCorrection, meanCorrection } from './logit-correction';

const [COUNT, DIM, CLASSES] = [600, 4, 3];

/** Logits that are no good, features, and the probabilities that a linear map of the features would add to them. */
function pool() {
  const random = new SeededRandom('correction');
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const logits = draw(COUNT * CLASSES);
  const features = { values: draw(COUNT * DIM), dim: DIM };
  const truth = { weights: Float64Array.from(draw(CLASSES * DIM)), bias: Float64Array.from(draw(CLASSES)) };
  const wanted = correctLogits(truth, { logits, features });
  const targets = softmax(wanted, 2);
  return { logits, features, truth, wanted, targets, classCount: CLASSES, temperature: 2 };
}

function softmax(logits: Float32Array, temperature: number): Float32Array {
  const raised = logits.map((value) => Math.exp(value / temperature));
  return raised.map((value, at) => {
    const from = at - (at % CLASSES);
    return value / raised.subarray(from, from + CLASSES).reduce((sum, one) => sum + one, 0);
  });
}

describe('fitLogitCorrection', () => {
  it('finds the linear map that makes the targets, and hardly moves with a large ridge', () => {
    const data = pool();
    const found = softmax(correctLogits(fitLogitCorrection(data, { ridge: 1e-3, seed: 1 }), data), 2);
    found.forEach((chance, at) => expect(chance).toBeCloseTo(data.targets[at] as number, 1));
    const { weights } = fitLogitCorrection(data, { ridge: 1e6, seed: 1 });
    expect(Math.max(...weights.map(Math.abs))).toBeLessThan(1e-3);
  });

  it('leaves logits alone whose targets are their own', () => {
    const data = pool();
    const targets = softmax(data.logits, 2);
    const { weights, bias } = fitLogitCorrection({ ...data, targets }, { ridge: 1, seed: 1 });
    expect(Math.max(...[...weights, ...bias].map(Math.abs))).toBeLessThan(1e-5);
  });
});

describe('meanCorrection', () => {
  it('is a fraction of the mean, by hand', () => {
    const of = (weights: number[], bias: number[]) => ({
      weights: Float64Array.from(weights),
      bias: Float64Array.from(bias),
    });
    const mean = meanCorrection([of([1, 2], [4]), of([3, 0], [0])], 0.5);
    expect(mean).toEqual(of([1, 0.5], [1]));
    const features = { values: Float32Array.of(2, 4), dim: 2 };
    expect([...correctLogits(mean, { logits: Float32Array.of(10), features })]).toEqual([10 + 2 + 2 + 1]);
  });
});
