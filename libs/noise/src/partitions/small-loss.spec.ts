import { SeededRandom } from '@winnow/random';
import { smallLossSplit } from './small-loss';
import { SPLITS } from '../splits';

const CLASSES = 4;

/** Surely right; surely of another class; less surely so: 60, 20 and 20 images. */
function pool(): { logits: Float32Array; labels: Int32Array } {
  const random = new SeededRandom('pool');
  const labels = Int32Array.from({ length: 100 }, (_, image) => image % CLASSES);
  const logits = new Float32Array(100 * CLASSES);
  labels.forEach((label, image) => {
    const top = image < 60 ? label : (label + 1) % CLASSES;
    const strength = image < 80 ? 6 : 4;
    for (let k = 0; k < CLASSES; k += 1) logits[image * CLASSES + k] = (k === top ? strength : 0) + 0.3 * random.next();
  });
  return { logits, labels };
}

describe('smallLossSplit', () => {
  const input = { ...pool(), classCount: CLASSES, seed: 1 };
  const split = smallLossSplit(input);

  it('is registered as small-loss', () => {
    expect(SPLITS['small-loss'](input)).toEqual(smallLossSplit(input));
  });

  it('tells right labels from wrong ones, and among these known classes from none', () => {
    expect([...split.kinds.subarray(0, 60)]).toEqual(new Array<number>(60).fill(0));
    expect([...split.kinds.subarray(60, 80)]).toEqual(new Array<number>(20).fill(1));
    expect(split.kinds.subarray(80).filter((kind) => kind === 2)).toHaveLength(20);
  });

  it('scores by the scaled cross-entropy of the given label', () => {
    const losses = Array.from(input.labels, (label, image) => {
      const row = input.logits.subarray(image * CLASSES, (image + 1) * CLASSES);
      return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (row[label] as number);
    });
    const [least, most] = [Math.min(...losses), Math.max(...losses)];
    split.score.forEach((score, image) =>
      expect(score).toBeCloseTo(((losses[image] as number) - least) / (most - least), 6),
    );
  });

  it('gives probabilities that sum to 1, refined labels of the teacher, and the same for the same seed', () => {
    for (let image = 0; image < 100; image += 1) {
      const sum = split.probabilities.subarray(3 * image, 3 * image + 3).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    expect(split.refinedLabels[60]).toBe(((input.labels[60] as number) + 1) % CLASSES);
    expect(smallLossSplit(input)).toEqual(split);
  });

  it('does not see what is added to all logits of an image whose label is right', () => {
    const raised = input.logits.map((logit, at) => (at < 60 * CLASSES ? logit + 5 : logit));
    expect([...smallLossSplit({ ...input, logits: raised }).kinds]).toEqual([...split.kinds]);
  });

  it('calls everything clean where all losses are equal, also where there is one class or one image only', () => {
    const flat = smallLossSplit({
      logits: new Float32Array(6),
      labels: Int32Array.of(0, 1, 0),
      classCount: 2,
      seed: 1,
    });
    expect([...flat.kinds]).toEqual([0, 0, 0]);
    const one = smallLossSplit({ logits: Float32Array.of(3, 1), labels: Int32Array.of(0, 0), classCount: 1, seed: 1 });
    expect([...one.kinds]).toEqual([0, 0]);
    const single = smallLossSplit({ logits: Float32Array.of(0, 9), labels: Int32Array.of(0), classCount: 2, seed: 1 });
    expect([...single.probabilities].every(Number.isFinite)).toBe(true);
  });

  it('refuses an empty pool', () => {
    const empty = { logits: new Float32Array(0), labels: new Int32Array(0), classCount: 2, seed: 1 };
    expect(() => smallLossSplit(empty)).toThrow(/at least one value/);
  });
});
