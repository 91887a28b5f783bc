import { SeededRandom } from '@winnow/random';
import { RidgeFit } from './ridge-head';

const random = new SeededRandom('ridge');
const normal = (length: number) => Float32Array.from({ length }, () => random.normal());

/** Targets that are a linear map of the features, and noise. */
function rowsOf(count: number, { dim, classCount, noise = 0 }: { dim: number; classCount: number; noise?: number }) {
  const [features, weight, bias] = [normal(count * dim), normal(classCount * dim), normal(classCount)];
  const targets = Float32Array.from({ length: count * classCount }, (_, at) => {
    const [row, k] = [Math.floor(at / classCount), at % classCount];
    let sum = (bias[k] as number) + noise * random.normal();
    for (let d = 0; d < dim; d += 1) sum += features[row * dim + d]! * weight[k * dim + d]!;
    return sum;
  });
  return { features, targets, weight, bias };
}

describe('RidgeFit', () => {
  it('has the hand value of one feature: w = cov(x, y) / (var(x) (1 + strength))', () => {
    const fit = new RidgeFit(1, 1);
    fit.add({ features: [0, 2], targets: [1, 5] });
    // Two rows are too few to choose by: strength 1. cov = 2, var = 1.
    expect(fit.solve()).toMatchObject({ strength: 1, unexplained: null });
    expect(fit.solve().weights[0]?.[0]).toBeCloseTo(1, 12);
    expect(fit.solve().bias[0]).toBeCloseTo(3 - 1, 12);
  });

  it('finds the map where there is no noise, however its rows come', () => {
    const shape = { dim: 4, classCount: 3 };
    const { features, targets, weight, bias } = rowsOf(200, shape);
    const [once, inParts] = [new RidgeFit(4, 3), new RidgeFit(4, 3)];
    once.add({ features, targets });
    inParts.add({ features: features.subarray(0, 7 * 4), targets: targets.subarray(0, 7 * 3) });
    inParts.add({ features: features.subarray(7 * 4), targets: targets.subarray(7 * 3) });
    const head = once.solve();
    expect(inParts.solve()).toEqual(head);
    expect(head.strength).toBe(1e-4);
    expect(head.unexplained).toBeLessThan(1e-6);
    head.weights.forEach((row, k) => row.forEach((value, d) => expect(value).toBeCloseTo(weight[k * 4 + d]!, 2)));
    head.bias.forEach((value, k) => expect(value).toBeCloseTo(bias[k]!, 2));
  });

  it('takes a stronger ridge where features are many and targets are noise', () => {
    const { features, targets } = rowsOf(60, { dim: 40, classCount: 2, noise: 20 });
    const fit = new RidgeFit(40, 2);
    fit.add({ features, targets });
    const { strength, unexplained } = fit.solve();
    expect(strength).toBeGreaterThanOrEqual(1);
    expect(unexplained).toBeGreaterThan(0.8);
  });

  it('measures what it leaves unexplained as a fit and a prediction row by row do', () => {
    const { features, targets } = rowsOf(50, { dim: 3, classCount: 2, noise: 2 });
    const fit = new RidgeFit(3, 2);
    fit.add({ features, targets });
    const { strength, unexplained } = fit.solve();
    let [left, all] = [0, 0];
    const mean = [0, 1].map((k) => Array.from({ length: 50 }, (_, row) => targets[row * 2 + k]!).reduce((a, b) => a + b / 50, 0)); // prettier-ignore
    for (let held = 0; held < 5; held += 1) {
      const rows = Array.from({ length: 50 }, (_, row) => row).filter((row) => row % 5 !== held);
      const { weights, bias } = naiveRidge(rows, { features, targets, dim: 3, classCount: 2 }, strength);
      for (let row = held; row < 50; row += 5) {
        for (let k = 0; k < 2; k += 1) {
          const value = weights[k]!.reduce((sum, weight, d) => sum + weight * features[row * 3 + d]!, bias[k]!);
          left += (targets[row * 2 + k]! - value) ** 2;
          all += (targets[row * 2 + k]! - mean[k]!) ** 2;
        }
      }
    }
    expect(unexplained).toBeCloseTo(left / all, 8);
  });

  it('gives zeros without rows, and the mean where features never vary', () => {
    expect(new RidgeFit(2, 1).solve()).toMatchObject({ unexplained: null, bias: Float64Array.of(0) });
    const flat = new RidgeFit(2, 1);
    flat.add({ features: new Float32Array(20), targets: Float32Array.from({ length: 10 }, (_, row) => row) });
    expect(flat.solve().weights[0]).toEqual(Float64Array.of(0, 0));
    expect(flat.solve().bias[0]).toBeCloseTo(4.5, 12);
  });

  it('measures one fifth where features are more than 512', () => {
    const { features, targets } = rowsOf(40, { dim: 513, classCount: 1, noise: 1 });
    const fit = new RidgeFit(513, 1);
    fit.add({ features, targets });
    expect(fit.solve().unexplained).toBeGreaterThan(0);
  });
});

/** By gradient descent on the same sum, from zero. */
function naiveRidge(
  rows: readonly number[],
  { features, targets, dim, classCount }: { features: Float32Array; targets: Float32Array; dim: number; classCount: number }, // prettier-ignore
  strength: number,
) {
  const mean = (values: Float32Array, width: number, at: number) => rows.reduce((sum, row) => sum + values[row * width + at]! / rows.length, 0); // prettier-ignore
  const [centres, middles] = [
    Array.from({ length: dim }, (_, d) => mean(features, dim, d)),
    Array.from({ length: classCount }, (_, k) => mean(targets, classCount, k)),
  ];
  const covariance = (i: number, j: number) => rows.reduce((sum, row) => sum + ((features[row * dim + i]! - centres[i]!) * (features[row * dim + j]! - centres[j]!)) / rows.length, 0); // prettier-ignore
  const ridge = (strength * Array.from({ length: dim }, (_, d) => covariance(d, d)).reduce((a, b) => a + b)) / dim;
  const weights = middles.map((middle, k) => {
    const weight = new Array<number>(dim).fill(0);
    for (let step = 0; step < 2000; step += 1) {
      const gradient = weight.map((value, d) => {
        const fitted = rows.reduce((sum, row) => {
          const error = weight.reduce((left, w, i) => left - w * (features[row * dim + i]! - centres[i]!), targets[row * classCount + k]! - middle); // prettier-ignore
          return sum - (error * (features[row * dim + d]! - centres[d]!)) / rows.length;
        }, 0);
        return fitted + ridge * value;
      });
      gradient.forEach((value, d) => (weight[d] = weight[d]! - 0.3 * value));
    }
    return weight;
  });
  const bias = middles.map((middle, k) => weights[k]!.reduce((rest, weight, d) => rest - weight * centres[d]!, middle));
  return { weights, bias };
}
