import { SeededRandom } from '@winnow/random';
import fc from 'fast-check';
import { agreementSplit } from './agreement';
import { SPLITS } from '../splits';

interface NaiveReply {
  readonly kind: number;
  readonly predicted: number;
  /** Of clean, closed and open. */
  readonly odds: readonly [number, number, number];
}

/** Looks through all images again for each one. */
function naive(logits: Float32Array, labels: Int32Array, classCount: number): NaiveReply[] {
  const images = Array.from(labels, (label, image) => {
    const row = [...logits.subarray(image * classCount, (image + 1) * classCount)];
    const largest = Math.max(...row);
    const margin = (row[label] as number) - Math.max(...row.filter((_, k) => k !== label));
    return { largest, margin, predicted: row.indexOf(largest), isConfirmed: row[label] === largest };
  });
  const confirmed = images.filter(({ isConfirmed }) => isConfirmed);
  const judges = confirmed.length > 0 ? confirmed : images;
  return images.map(({ largest, margin, predicted, isConfirmed }) => {
    const alike = judges.filter((judge) => judge.predicted === predicted);
    const among = alike.length > 0 ? alike : judges;
    const below = among.filter((judge) => judge.largest < largest).length;
    const equal = among.filter((judge) => judge.largest === largest).length;
    const index = (below + equal / 2 + 0.5) / (among.length + 1);
    const other = Math.exp(-margin) / Math.max(index, 1 - index);
    const kind = isConfirmed ? 0 : index >= 0.5 ? 1 : 2;
    return { kind, predicted, odds: [1, other * index, other * (1 - index)] };
  });
}

describe('agreementSplit', () => {
  it('is registered as agreement', () => {
    const input = { logits: Float32Array.of(2, 0, 0, 1), labels: Int32Array.of(0, 0), classCount: 2, seed: 1 };
    expect(SPLITS.agreement(input)).toEqual(agreementSplit(input));
  });

  it('has its hand values: class 0 is confirmed at 2, 4 and 6, so another label is closed from 4 on', () => {
    const logits = Float32Array.from([2, 0, 4, 0, 6, 0, 5, 0, 4, 0, 3, 0]);
    const split = agreementSplit({ logits, labels: Int32Array.of(0, 0, 0, 1, 1, 1), classCount: 2, seed: 1 });
    expect([...split.kinds]).toEqual([0, 0, 0, 1, 1, 2]);
    expect([...split.refinedLabels]).toEqual([0, 0, 0, 0, 0, 0]);
    // Score: 1 / (1 + exp(margin)).
    expect(split.score[0]).toBeCloseTo(1 / (1 + Math.exp(2)), 6);
    expect(split.score[3]).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
    // 3 lies above one of three: place (1 + 1/2) / 4 = 3/8; right : open = exp(-3) : 1, closed : open = 3 : 5.
    const [right, open, closed] = [Math.exp(-3), 1, 3 / 5];
    expect(split.probabilities[15]).toBeCloseTo(right / (right + open + closed), 6);
    expect(split.probabilities[16]).toBeCloseTo(closed / (right + open + closed), 6);
  });

  it('asks each predicted class on its own', () => {
    // Class 0 is confirmed at 2, class 1 at 10: a 5 is confident for class 0 only.
    const logits = Float32Array.from([2, 0, 0, 0, 10, 0, 5, 0, 0, 0, 5, 0]);
    const split = agreementSplit({ logits, labels: Int32Array.of(0, 1, 2, 2), classCount: 3, seed: 1 });
    expect([...split.kinds]).toEqual([0, 0, 1, 2]);
  });

  it('judges a class without confirmed labels by all confirmed ones, and by all images where there is none', () => {
    const logits = Float32Array.from([4, 0, 0, 5, 0, 3]);
    expect([...agreementSplit({ logits, labels: Int32Array.of(0, 0, 0), classCount: 2, seed: 1 }).kinds]).toEqual([
      0, 1, 2,
    ]);
    const none = agreementSplit({ logits, labels: Int32Array.of(1, 0, 0), classCount: 2, seed: 1 });
    // Class 0 at 4, class 1 at 5 and 3: places of all three together.
    expect([...none.kinds]).toEqual([1, 1, 2]);
  });

  it('does not change with the scale of the logits, with what is added to them, or with the numbering of classes', () => {
    const logit = fc.integer({ min: -8, max: 8 });
    const row = fc.tuple(fc.tuple(logit, logit, logit), fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(fc.uniqueArray(row, { minLength: 1, maxLength: 20, selector: ([[a]]) => a }), (rows) => {
        const labels = Int32Array.from(rows, ([, label]) => label);
        const logits = Float32Array.from(rows.flatMap(([list]) => list));
        const kinds = (values: Float32Array, given: Int32Array): number[] => [
          ...agreementSplit({ logits: values, labels: given, classCount: 3, seed: 1 }).kinds,
        ];
        const found = kinds(logits, labels);
        expect(
          kinds(
            logits.map((value) => 4 * value + 16),
            labels,
          ),
        ).toEqual(found);
        labels.forEach((label, image) => {
          const list = rows[image]?.[0] as number[];
          expect(found[image] === 0).toBe(list.every((value) => value <= (list[label] as number)));
        });
      }),
    );
  });

  it('agrees with a naive computation, image by image', () => {
    const random = new SeededRandom('agreement');
    for (let round = 0; round < 60; round += 1) {
      const classCount = 2 + random.int(8);
      const count = 1 + random.int(60);
      // Whole numbers, so that there are equals; every third pool confirms no label.
      const logits = Float32Array.from({ length: count * classCount }, () => random.int(9) - 4);
      const labels = Int32Array.from({ length: count }, (_, image) => {
        const row = logits.subarray(image * classCount, (image + 1) * classCount);
        return round % 3 === 0 ? row.indexOf(Math.min(...row)) : random.int(classCount);
      });
      const split = agreementSplit({ logits, labels, classCount, seed: 1 });
      const expected = naive(logits, labels, classCount);
      expect([...split.kinds]).toEqual(expected.map(({ kind }) => kind));
      expect([...split.refinedLabels]).toEqual(expected.map(({ predicted }) => predicted));
      expected.forEach(({ odds: [clean, closed, open] }, image) => {
        const own = [...split.probabilities.subarray(image * 3, image * 3 + 3)];
        [clean, closed, open].forEach((part, kind) => expect(own[kind]).toBeCloseTo(part / (clean + closed + open), 6));
      });
    }
  });

  it('calls everything clean with one class, and refuses an empty pool', () => {
    const one = agreementSplit({ logits: Float32Array.of(3, -9), labels: Int32Array.of(0, 0), classCount: 1, seed: 1 });
    expect([...one.probabilities]).toEqual([1, 0, 0, 1, 0, 0]);
    const empty = { logits: new Float32Array(0), labels: new Int32Array(0), classCount: 2, seed: 1 };
    expect(() => agreementSplit(empty)).toThrow(/empty pool/);
  });
});
