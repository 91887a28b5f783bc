import { SeededRandom } from '@winnow/random';
import { generatedPool } from '../../spec-support/generated-pool';
import type { GeneratedPool } from '../../spec-support/generated-pool';
import type { Split, SplitInput } from '../../split';
import { NO_CLASS, splitQuality } from '../../split-quality';
import { SPLITS } from '../../splits';
import { agreementSplit } from '../agreement';
import { edlGmmSplit } from '../edl-gmm';
import { fitWinnowSplit, WINNOW_SPLIT, winnowSplit } from './winnow-split';

const MIXED = { closed: 0.2, open: 0.3, seed: 1 };

function quality(split: Split, { input, trueLabels }: GeneratedPool): ReturnType<typeof splitQuality> {
  return splitQuality(split(input), { method: 'test', givenLabels: input.labels, trueLabels });
}

function scaled(input: SplitInput, factor: number): SplitInput {
  return { ...input, logits: input.logits.map((logit) => factor * logit) };
}

/** The same pool with images and classes in another order. */
function shuffled({ input, trueLabels }: GeneratedPool): { pool: SplitInput; rows: number[]; names: number[] } {
  const random = new SeededRandom('shuffled');
  const { classCount } = input;
  const order = (count: number): number[] =>
    Array.from({ length: count }, (_, at) => ({ at, key: random.next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ at }) => at);
  const [rows, names] = [order(trueLabels.length), order(classCount)];
  const dim = input.features?.dim as number;
  const pool = {
    ...input,
    labels: Int32Array.from(rows, (row) => names.indexOf(input.labels[row] as number)),
    logits: Float32Array.from(rows.flatMap((row) => names.map((k) => input.logits[row * classCount + k] as number))),
    features: {
      dim,
      values: Float32Array.from(
        rows.flatMap((row) => [...(input.features?.values.subarray(row * dim, (row + 1) * dim) ?? [])]),
      ),
    },
  };
  return { pool, rows, names };
}

describe('winnowSplit', () => {
  it('is registered', () => {
    expect(SPLITS.winnow).toBe(winnowSplit);
  });

  it.each([
    { classCount: 2, count: 2000, spread: 0.4, above: 0.03 },
    { classCount: 7, count: 1500, spread: 0.35, above: 0.1 },
    { classCount: 100, count: 1200, spread: 0.3, above: 0.2 },
    { classCount: 1000, count: 600, spread: 0.2, above: 0.1 },
  ])('works as it is at $classCount classes, and beats edl-gmm by $above of macro-F1', ({ above, ...options }) => {
    const pool = generatedPool({ ...options, ...MIXED });
    const ours = quality(winnowSplit, pool);
    expect(ours.macroF1).toBeGreaterThan(quality(edlGmmSplit, pool).macroF1 + above);
    expect(ours.auroc.clean).toBeGreaterThan(0.8);
  });

  it.each([0.01, 0.3, 3, 1000])('finds the same kinds where logits are %s times as large', (factor) => {
    const pool = generatedPool({ classCount: 7, count: 800, ...MIXED });
    const [one, other] = [winnowSplit(pool.input), winnowSplit(scaled(pool.input, factor))];
    const same = one.kinds.filter((kind, row) => kind === other.kinds[row]).length;
    expect(same / one.kinds.length).toBeGreaterThan(0.995);
  });

  it.each([
    { name: 'clean', closed: 0, open: 0, atMost: 0.05 },
    { name: 'clean and closed', closed: 0.3, open: 0, atMost: 0.15 },
    { name: 'clean and open', closed: 0, open: 0.4, atMost: 0.1 },
  ])('seldom finds a kind that is not there: only $name', ({ closed, open, atMost }) => {
    const pool = generatedPool({ classCount: 10, count: 1000, closed, open, seed: 2 });
    const { kinds } = winnowSplit(pool.input);
    if (closed === 0) expect(kinds.filter((kind) => kind === 1).length / kinds.length).toBeLessThan(atMost);
    if (open === 0) expect(kinds.filter((kind) => kind === 2).length / kinds.length).toBeLessThan(atMost);
  });

  it.each([0, 0.2, 0.4, 0.6])('beats edl-gmm at an open share of %s', (open) => {
    const pool = generatedPool({ classCount: 10, count: 1200, closed: 0.2, open, seed: 3 });
    expect(quality(winnowSplit, pool).macroF1).toBeGreaterThan(quality(edlGmmSplit, pool).macroF1 + 0.02);
  });

  it('finds open images where no label is right', () => {
    const pools = [4, 5, 6].map((seed) => generatedPool({ classCount: 10, count: 1500, closed: 0.5, open: 0.5, seed }));
    const f1 = (split: Split): number => pools.reduce((sum, pool) => sum + quality(split, pool).macroF1 / 3, 0);
    expect(f1(winnowSplit)).toBeGreaterThan(f1(agreementSplit) + 0.03);
  });

  it('gives posteriors that sum to 1 and mean what they say', () => {
    const pool = generatedPool({ classCount: 10, count: 1200, closed: 0.2, open: 0.2, seed: 3 });
    const { probabilities, kinds } = winnowSplit(pool.input);
    const said = [0, 0, 0];
    kinds.forEach((_, row) => {
      const own = [...probabilities.subarray(row * 3, row * 3 + 3)];
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      own.forEach((value, kind) => (said[kind] = (said[kind] as number) + value / kinds.length));
    });
    const isOpen = pool.trueLabels.filter((label) => label === NO_CLASS).length / kinds.length;
    expect(Math.abs((said[2] as number) - isOpen)).toBeLessThan(0.1);
  });

  it('knows neither the order of images nor that of classes', () => {
    const pool = generatedPool({ classCount: 5, count: 400, ...MIXED });
    const straight = winnowSplit(pool.input);
    const { pool: other, rows, names } = shuffled(pool);
    const split = winnowSplit(other);
    rows.forEach((row, at) => {
      for (let kind = 0; kind < 3; kind += 1) {
        expect(split.probabilities[at * 3 + kind]).toBeCloseTo(straight.probabilities[row * 3 + kind] as number, 3);
      }
      expect(names[split.refinedLabels[at] as number]).toBe(straight.refinedLabels[row]);
    });
  });

  it('explains the given labels better with every step', () => {
    const pool = generatedPool({ classCount: 10, count: 800, ...MIXED });
    const channel = { rateImages: 0, targetImages: 0, openImages: 0, resemblanceImages: 0 };
    const { logLikelihoods } = fitWinnowSplit(pool.input, { ...WINNOW_SPLIT, ridge: 1e-6, channel });
    logLikelihoods
      .slice(1)
      .forEach((value, at) => expect(value).toBeGreaterThan((logLikelihoods[at] as number) - 1e-9));
  });

  it('refines to the class that the image shows, never to the given one', () => {
    const pool = generatedPool({ classCount: 7, count: 1000, ...MIXED });
    expect(quality(winnowSplit, pool).refinedAccuracy).toBeGreaterThan(0.85);
    expect(winnowSplit(pool.input).refinedLabels.some((label, row) => label === pool.input.labels[row])).toBe(false);
  });

  it('does without features', () => {
    const pool = generatedPool({ classCount: 20, count: 1000, ...MIXED });
    const bare = { ...pool, input: { ...pool.input, features: null } };
    expect(quality(winnowSplit, bare).macroF1).toBeGreaterThan(quality(edlGmmSplit, bare).macroF1 + 0.1);
  });
});

describe('winnowSplit with decisions of a person', () => {
  /** True labels of every fifth image, as SplitInput.known has them. */
  const decided = ({ input, trueLabels }: GeneratedPool): Int32Array =>
    trueLabels.map((label, row) => (row % 5 > 0 ? -1 : label === NO_CLASS ? input.classCount : label));

  const kindOf = ({ input, trueLabels }: GeneratedPool, row: number): number =>
    trueLabels[row] === NO_CLASS ? 2 : trueLabels[row] === input.labels[row] ? 0 : 1;

  it('is sure of what was decided, and takes the decided class as refined label', () => {
    const pool = generatedPool({ classCount: 7, count: 300, ...MIXED });
    const known = decided(pool);
    const { kinds, probabilities, refinedLabels, score } = winnowSplit({ ...pool.input, known });
    known.forEach((label, row) => {
      if (label === -1) return;
      const kind = kindOf(pool, row);
      expect([kinds[row], probabilities[row * 3 + kind], score[row]]).toEqual([kind, 1, kind === 0 ? 0 : 1]);
      if (label < 7) expect(refinedLabels[row]).toBe(label);
    });
  });

  it('leaves the temperature of a calibrated teacher where it is', () => {
    const random = new SeededRandom('calibrated');
    const [count, classCount] = [400, 4];
    const logits = Float32Array.from({ length: count * classCount }, () => 2 * random.normal());
    const draw = (row: number): number => {
      const own = [...logits.subarray(row * classCount, (row + 1) * classCount)].map(Math.exp);
      let left = random.next() * own.reduce((sum, value) => sum + value, 0);
      return own.findIndex((value) => (left -= value) <= 0);
    };
    const labels = Int32Array.from({ length: count }, (_, row) => draw(row));
    const input = { logits, labels, classCount, features: null, seed: 1, known: labels };
    const { temperature } = fitWinnowSplit(input, WINNOW_SPLIT);
    expect(temperature).toBeGreaterThan(0.8);
    expect(temperature).toBeLessThan(1.2);
  });

  it('makes the others likelier', () => {
    let gain = 0;
    for (const options of [
      { classCount: 5, spread: 0.45, closed: 0.2, open: 0.3 },
      { classCount: 7, spread: 0.35, closed: 0.3, open: 0.1 },
      { classCount: 20, spread: 0.3, closed: 0.1, open: 0.4 },
    ]) {
      for (const seed of [1, 2, 3]) {
        const pool = generatedPool({ ...options, count: 600, seed });
        const known = decided(pool);
        const [before, after] = [winnowSplit(pool.input), winnowSplit({ ...pool.input, known })];
        const logOf = ({ probabilities }: typeof before, row: number): number =>
          Math.log(Math.max(1e-6, probabilities[row * 3 + kindOf(pool, row)] as number));
        known.forEach((label, row) => {
          if (label === -1) gain += logOf(after, row) - logOf(before, row);
        });
      }
    }
    // Nats of 4,320 images.
    expect(gain).toBeGreaterThan(200);
  });

  it('changes nothing where nobody decided', () => {
    const { input } = generatedPool({ classCount: 7, count: 300, ...MIXED });
    expect(winnowSplit({ ...input, known: new Int32Array(300).fill(-1) })).toEqual(winnowSplit(input));
  });

  it('knows a class that is none of the candidates', () => {
    const { input } = generatedPool({ classCount: 100, count: 50, ...MIXED });
    const own = [...input.logits.subarray(0, 100)];
    const last = own.indexOf(Math.min(...own));
    const known = new Int32Array(50).fill(-1);
    known[0] = last;
    const { probabilities, refinedLabels } = winnowSplit({ ...input, known });
    expect(probabilities[last === input.labels[0] ? 0 : 1]).toBe(1);
    expect(refinedLabels[0]).toBe(last);
  });

  it('refuses decisions on another pool, and classes that are not there', () => {
    const { input } = generatedPool({ classCount: 3, count: 4, ...MIXED });
    expect(() => winnowSplit({ ...input, known: Int32Array.of(0) })).toThrow(/1 images for a pool of 4/);
    expect(() => winnowSplit({ ...input, known: Int32Array.of(-1, 3, 4, 0) })).toThrow(/decision 4 on image 2/);
  });
});

describe('winnowSplit on pools that say little', () => {
  const one = (logits: number[], labels: number[], classCount: number): SplitInput => ({
    logits: Float32Array.from(logits),
    labels: Int32Array.from(labels),
    classCount,
    seed: 1,
  });

  it.each([
    ['one image', one([3, 1], [0], 2)],
    ['one class', one([3, 1, 2], [0, 0, 0], 1)],
    ['one label of two', one([3, 1, 2, 0], [0, 0], 2)],
    ['equal logits', one([1, 1, 1, 1, 1, 1], [0, 1], 3)],
    ['huge logits', one([1e30, -1e30, -1e30, 1e30], [0, 1], 2)],
  ])('still answers: %s', (_, input) => {
    const { probabilities, kinds, refinedLabels } = winnowSplit(input);
    expect(probabilities.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(kinds).toHaveLength(input.labels.length);
    expect(refinedLabels.every((label) => label >= 0 && label < input.classCount)).toBe(true);
  });

  it('refuses an empty pool, NaN, and features of another pool', () => {
    expect(() => winnowSplit(one([], [], 2))).toThrow(/empty pool/);
    expect(() => winnowSplit(one([NaN, 0], [0], 2))).toThrow(/NaN/);
    const features = { values: new Float32Array(3), dim: 2 };
    expect(() => winnowSplit({ ...one([0, 1], [0], 2), features })).toThrow(/3 features/);
    expect(() => winnowSplit({ ...one([0, 1], [0], 2), ranks: new Float32Array(2) })).toThrow(/2 images/);
    expect(() => winnowSplit({ ...one([0, 1], [0], 2), otherLabels: [[2]] })).toThrow(/label 2 of a copy/);
  });
});
