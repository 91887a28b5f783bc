import { SeededRandom } from '@winnow/random';
import { knnSplit } from './knn';
import type { SplitInput } from '../split';
import { SPLITS } from '../splits';

/** Two groups at right angles; a wrong label in each, one where the teacher is sure, one where it is not. */
function pool(): SplitInput {
  const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 1, 0);
  const groups = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1];
  const logits = Float32Array.from(
    groups.flatMap((group, image) => {
      const sure = image < 9 ? 5 : 1;
      return group === 0 ? [sure, 0] : [0, sure];
    }),
  );
  const values = Float32Array.from(groups.flatMap((group, image) => (group === 0 ? [9, image / 9] : [image / 9, 9])));
  return { logits, labels, classCount: 2, features: { values, dim: 2 }, seed: 1 };
}

/** The rule again, by sorting all images for each. */
function naiveKinds({ logits, labels, classCount, features }: SplitInput): number[] {
  const dim = features?.dim ?? classCount;
  const values = features?.values ?? logits;
  const slice = (from: Float32Array, width: number, row: number): number[] => [
    ...from.subarray(row * width, (row + 1) * width),
  ];
  const images = [...labels.keys()];
  const outputs = images.map((image) => {
    const row = slice(logits, classCount, image);
    const exps = row.map(Math.exp);
    const largest = Math.max(...exps);
    return { label: exps.indexOf(largest), probability: largest / exps.reduce((a, b) => a + b) };
  });
  const voters = images.map((image) => {
    const { label, probability } = outputs[image] as (typeof outputs)[number];
    return probability >= 0.9 ? label : (labels[image] as number);
  });
  const k = Math.max(1, Math.min(200, Math.floor(images.length / (2 * classCount))));
  const cosine = (a: number[], b: number[]): number =>
    a.reduce((sum, value, d) => sum + value * (b[d] as number), 0) / Math.hypot(...a) / Math.hypot(...b);
  return images.map((image) => {
    const near = images
      .filter((other) => other !== image)
      .map((other) => ({ other, similarity: cosine(slice(values, dim, image), slice(values, dim, other)) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, k);
    const votes = Array.from({ length: classCount }, (_, label) => {
      const members = voters.filter((voter) => voter === label).length;
      return near.filter(({ other }) => voters[other] === label).length / Math.max(1, members);
    });
    if ((votes[labels[image] as number] as number) >= Math.max(...votes) - 1e-12) return 0;
    return (outputs[image] as (typeof outputs)[number]).probability >= 0.9 ? 1 : 2;
  });
}

describe('knnSplit', () => {
  it('is registered as knn', () => {
    const input = pool();
    expect(SPLITS.knn(input)).toEqual(knnSplit(input));
  });

  it('calls a label that its neighbours do not share closed where the teacher is sure, else open', () => {
    const split = knnSplit(pool());
    expect([...split.kinds]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect(split.refinedLabels[8]).toBe(0);
    expect(split.score[8]).toBe(1);
    expect(split.score[0]).toBe(0);
  });

  it.each([
    ['features', true],
    ['logits in their place where there are none', false],
  ])('agrees with the rule written out, by %s', (_, withFeatures) => {
    const random = new SeededRandom('knn');
    const [count, classCount, dim] = [130, 3, 4];
    const truth = Array.from({ length: count }, () => random.int(classCount));
    const labels = Int32Array.from(truth, (label) => (random.next() < 0.7 ? label : random.int(classCount)));
    const around = (width: number, scale: number): Float32Array =>
      Float32Array.from(
        truth.flatMap((label) =>
          Array.from({ length: width }, (_unused, d) => random.normal() + (d === label ? scale : 0)),
        ),
      );
    const input: SplitInput = {
      logits: around(classCount, 3),
      labels,
      classCount,
      features: withFeatures ? { values: around(dim, 2), dim } : null,
      seed: 1,
    };
    const expected = naiveKinds(input);
    expect(new Set(expected)).toEqual(new Set([0, 1, 2]));
    expect([...knnSplit(input).kinds]).toEqual(expected);
  });

  it('gives probabilities that sum to 1, and the same for the same input', () => {
    const split = knnSplit(pool());
    for (let image = 0; image < 10; image += 1) {
      const sum = split.probabilities.subarray(3 * image, 3 * image + 3).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    expect(knnSplit(pool())).toEqual(split);
  });

  it('calls a single image clean, and refuses an empty pool and features of another one', () => {
    const single = knnSplit({ logits: Float32Array.of(0, 1), labels: Int32Array.of(0), classCount: 2, seed: 1 });
    expect([...single.kinds]).toEqual([0]);
    const empty = { logits: new Float32Array(0), labels: new Int32Array(0), classCount: 2, seed: 1 };
    expect(() => knnSplit(empty)).toThrow(/empty pool/);
    expect(() => knnSplit({ ...pool(), features: { values: new Float32Array(18), dim: 2 } })).toThrow(/\[10, 2\]/);
  });
});
