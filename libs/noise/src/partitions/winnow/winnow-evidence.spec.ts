import { SeededRandom } from '@winnow/random';
import { areaUnderRoc } from '../../detection-metrics';
import { evidenceCells } from './evidence-cells';
import { generatedPool } from '../../spec-support/generated-pool';
import { winnowSplit } from './winnow-split';

const pool = generatedPool({ classCount: 10, count: 1500, closed: 0.25, open: 0.25, spread: 0.4, seed: 5 });
const { input, trueLabels } = pool;
const isClean = Array.from(trueLabels, (label, row) => label === input.labels[row]);

function aurocClean(more: Partial<typeof input>): number {
  const { score } = winnowSplit({ ...input, ...more });
  return areaUnderRoc(
    score.map((value) => -value),
    isClean,
  ) as number;
}

describe('evidence of the crawl in winnowSplit', () => {
  const without = aurocClean({});
  const random = new SeededRandom('evidence');
  const luck = isClean.map(() => random.next());

  it('uses ranks where deep results are noisier', () => {
    const ranks = Float32Array.from(isClean, (clean, row) => 100 * (luck[row] as number) * (clean ? 0.5 : 1));
    expect(aurocClean({ ranks })).toBeGreaterThan(without + 0.002);
  });

  it('uses that several engines agree where that means something', () => {
    const engineCounts = Uint8Array.from(isClean, (clean, row) =>
      (luck[row] as number) < (clean ? 0.6 : 0.1) ? 2 : 1,
    );
    expect(aurocClean({ engineCounts })).toBeGreaterThan(without + 0.002);
  });

  it('uses copies found under other classes', () => {
    const otherLabels = isClean.map((clean, row) => {
      const label = trueLabels[row] as number;
      return !clean && label >= 0 && (luck[row] as number) < 0.5 ? [label] : [];
    });
    expect(aurocClean({ otherLabels })).toBeGreaterThan(without + 0.002);
  });

  it('is not harmed by evidence that means nothing', () => {
    const ranks = Float32Array.from(luck);
    const engineCounts = Uint8Array.from(luck, (value) => ((value * 1000) % 1 < 0.5 ? 1 : 2));
    expect(Math.abs(aurocClean({ ranks, engineCounts }) - without)).toBeLessThan(0.005);
  });

  it('is the same without evidence as with evidence that is the same for all', () => {
    const count = isClean.length;
    const same = { engineCounts: new Uint8Array(count).fill(1), ranks: new Float32Array(count).fill(NaN) };
    expect(winnowSplit({ ...input, ...same, otherLabels: isClean.map(() => []) })).toEqual(winnowSplit(input));
  });
});

describe('evidenceCells', () => {
  it('sorts by third of the known ranks and by more than one engine', () => {
    const cells = evidenceCells({
      logits: new Float32Array(0),
      labels: new Int32Array(5),
      classCount: 1,
      ranks: Float32Array.of(0, NaN, 1, 2, 2),
      engineCounts: Uint8Array.of(1, 2, 3, 0, 1),
      seed: 1,
    });
    expect([...cells]).toEqual([1, 4, 5, 2, 2]);
  });
});
