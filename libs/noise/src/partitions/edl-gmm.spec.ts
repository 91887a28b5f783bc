import fc from 'fast-check';
import { SeededRandom } from '@winnow/random';
import { SPLITS } from '../splits';
import { edlGmmSplit, evidentialLoss } from './edl-gmm';

const CLASSES = 10;

/** Confident and right; confident of another class; without evidence: 60, 20 and 20 images. */
function pool(): { logits: Float32Array; labels: Int32Array } {
  const random = new SeededRandom('pool');
  const labels = Int32Array.from({ length: 100 }, (_, image) => image % CLASSES);
  const logits = new Float32Array(100 * CLASSES);
  labels.forEach((label, image) => {
    const top = image < 60 ? label : (label + 3) % CLASSES;
    const strength = image < 80 ? 100 : 0;
    for (let k = 0; k < CLASSES; k += 1) {
      logits[image * CLASSES + k] = (k === top ? strength : 0) + 0.05 * random.next();
    }
  });
  return { logits, labels };
}

describe('edlGmmSplit', () => {
  const input = { ...pool(), classCount: CLASSES, seed: 1 };
  const split = edlGmmSplit(input);

  it('is registered as edl-gmm', () => {
    expect(SPLITS['edl-gmm']).toBe(edlGmmSplit);
  });

  it('tells right, wrong and unknown apart where the teacher is sure', () => {
    // Scaled: right 0, no evidence (.9 + .08) / 2 = .53, wrong 1.
    expect([...split.kinds]).toEqual([
      ...new Array<number>(60).fill(0),
      ...new Array<number>(20).fill(1),
      ...new Array<number>(20).fill(2),
    ]);
  });

  it('refines to the class that the teacher sees', () => {
    for (let image = 60; image < 80; image += 1) {
      expect(split.refinedLabels[image]).toBe(((input.labels[image] as number) + 3) % CLASSES);
    }
  });

  it('gives posteriors that sum to 1 and a score in 0..1 that touches both ends', () => {
    for (let image = 0; image < 100; image += 1) {
      const sum = split.probabilities.slice(3 * image, 3 * image + 3).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    expect(Math.min(...split.score)).toBe(0);
    expect(Math.max(...split.score)).toBe(1);
  });

  it('is the same for the same seed', () => {
    expect(edlGmmSplit(input)).toEqual(split);
  });

  it('forces the smallest loss clean and the largest closed, whatever the mixture says', () => {
    // One class of two, hardly any evidence: two values, .3 lies between them.
    const two = edlGmmSplit({
      logits: Float32Array.from([1, 0, 0, 1]),
      labels: Int32Array.of(0, 0),
      classCount: 2,
      seed: 1,
    });
    expect([...two.kinds]).toEqual([0, 1]);
  });

  it('calls everything clean where all losses are equal', () => {
    const flat = edlGmmSplit({ logits: new Float32Array(6), labels: Int32Array.of(0, 1, 0), classCount: 2, seed: 1 });
    expect([...flat.kinds]).toEqual([0, 0, 0]);
  });

  it('refuses an empty pool', () => {
    const empty = { logits: new Float32Array(0), labels: new Int32Array(0), classCount: 2, seed: 1 };
    expect(() => edlGmmSplit(empty)).toThrow(/at least one value/);
  });
});

const one = (logits: number[], label: number): number =>
  evidentialLoss(Float32Array.from(logits), [label], logits.length)[0] as number;

describe('evidentialLoss', () => {
  it('has its hand value without evidence: alpha (1, 1), S 2: .5 + 2 * 1 / 12', () => {
    expect(one([0, 0], 0)).toBeCloseTo(0.5 + 1 / 6, 12);
    expect(one([-3, -1], 1)).toBeCloseTo(0.5 + 1 / 6, 12);
  });

  it('has its hand value with evidence: alpha (3, 1), S 4', () => {
    const variance = (3 + 3) / (16 * 5);
    expect(one([2, -1], 0)).toBeCloseTo(2 * 0.25 ** 2 + variance, 12);
    expect(one([2, -1], 1)).toBeCloseTo(2 * 0.75 ** 2 + variance, 12);
  });

  it('falls as evidence for the given label grows and stays within 0 and 2', () => {
    const losses = [0, 1, 5, 50, 1e6].map((evidence) => one([evidence, 0, 0], 0));
    expect([...losses].sort((a, b) => b - a)).toEqual(losses);
    expect(losses[4]).toBeLessThan(1e-5);
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 }),
        (logits) => {
          const loss = one(logits, 0);
          return loss >= 0 && loss <= 2;
        },
      ),
    );
  });

  it('does not depend on how the classes are numbered, and treats rows one by one', () => {
    const rows = evidentialLoss(Float32Array.from([4, 1, 0, 0, 1, 4]), [0, 2], 3);
    expect(rows[0]).toBeCloseTo(rows[1] as number, 12);
  });

  it('refuses sizes that disagree, labels outside the classes and logits that are no numbers', () => {
    expect(() => evidentialLoss(new Float32Array(5), [0, 1], 3)).toThrow(/5 logits do not make \[2, 3\]/);
    expect(() => evidentialLoss(new Float32Array(6), [0, 3], 3)).toThrow(/label 3 of image 1/);
    expect(() => evidentialLoss(Float32Array.from([0, 0, NaN, 0]), [0, 1], 2)).toThrow(/NaN for image 1/);
  });
});
