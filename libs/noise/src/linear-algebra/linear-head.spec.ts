import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitLinearHead } from './linear-head';

/** A classifier and its answers, of those that tools/goldens/open_scores.py writes. */
interface Golden {
  readonly classCount: number;
  readonly dim: number;
  readonly features: readonly number[];
  readonly logits: readonly number[];
  readonly weights: readonly number[];
  readonly bias: readonly number[];
}

const goldenPath = join(__dirname, '..', 'open-scores', 'open-scores-golden.json');
const golden = JSON.parse(readFileSync(goldenPath, 'utf8')) as Golden;

describe('fitLinearHead', () => {
  it('finds the classifier again from its answers', () => {
    const { weights, bias } = fitLinearHead({
      logits: Float32Array.from(golden.logits),
      classCount: golden.classCount,
      features: { values: Float32Array.from(golden.features), dim: golden.dim },
    });
    weights
      .flatMap((row) => [...row])
      .forEach((weight, at) => expect(weight).toBeCloseTo(golden.weights[at] as number, 5));
    bias.forEach((value, at) => expect(value).toBeCloseTo(golden.bias[at] as number, 5));
  });

  it('gives a feature that never varies the weight 0', () => {
    const { weights } = fitLinearHead({
      logits: Float32Array.of(2, 4, 6),
      classCount: 1,
      features: { values: Float32Array.of(1, 5, 2, 5, 3, 5), dim: 2 },
    });
    expect(weights[0]?.[0]).toBeCloseTo(2, 6);
    expect(weights[0]?.[1]).toBe(0);
  });
});
