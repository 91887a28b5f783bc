import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import fc from 'fast-check';
import { measureOtherSplit, measurePlan, refinedShare, reliabilityOf } from './measure-looks';
import type { JudgedLook } from './measure-looks';
import { wilsonInterval } from './wilson-interval';

type Table = readonly (readonly [kind: NoiseKind, truth: NoiseKind, count: number])[];
/** Looks by kind and truth. */
const looksOf = (table: Table): JudgedLook[] =>
  table.flatMap(([kind, truth, count]) =>
    Array.from({ length: count }, () => ({ kind, called: kind, truth, probability: 0.75, isRefinedRight: true })),
  );

const sizes = { clean: 1000, closed: 400, open: 600 };
const planned = { clean: 10, closed: 10, open: 10 };
const plan = { halfWidth: 0.05, planned, sizes, seed: 1 };
/** Truly clean 800 and 40, closed 100 and 320 and 60, open 100, 40, 540 of the pool. */
const table: Table = [
  ['clean', 'clean', 8],
  ['clean', 'closed', 1],
  ['clean', 'open', 1],
  ['closed', 'clean', 1],
  ['closed', 'closed', 8],
  ['closed', 'open', 1],
  ['open', 'closed', 1],
  ['open', 'open', 9],
];

describe('measurePlan', () => {
  it('weighs kinds by their sizes', () => {
    const { kinds, overall } = measurePlan(looksOf(table), plan);
    expect(kinds.map(({ precision }) => precision?.share)).toEqual([0.8, 0.8, 0.9]);
    const recalls = [800 / 840, 320 / 480, 540 / 680];
    kinds.forEach(({ recall }, at) => expect(recall?.share).toBeCloseTo(recalls[at] as number, 12));
    expect(overall?.share).toBeCloseTo(1660 / 2000, 12);
    expect(kinds[0]?.precision).toEqual(wilsonInterval(0.8, { looked: 10, size: 1000 }));
    for (const share of [...kinds.map(({ recall }) => recall), overall]) {
      expect(share?.low).toBeLessThan(share?.share as number);
      expect(share?.high).toBeGreaterThan(share?.share as number);
    }
  });

  it('is what it measures where all was looked at', () => {
    const all = { clean: 10, closed: 10, open: 10 };
    const { kinds, overall } = measurePlan(looksOf(table), { ...plan, sizes: all });
    for (const share of [...kinds.flatMap(({ precision, recall }) => [precision, recall]), overall]) {
      expect(share?.low).toBe(share?.share);
      expect(share?.high).toBe(share?.share);
    }
    expect(kinds.every(({ missing, isComplete }) => missing === 0 && isComplete)).toBe(true);
  });

  it('asks for what is planned first, then for what the half-width wants', () => {
    const [clean, closed, open] = measurePlan(looksOf(table.slice(0, 3)), plan).kinds;
    expect(clean).toMatchObject({ looked: 10, right: 8, isComplete: true, recall: null });
    // 246 looks at an endless pool of .8 for ± .05, fewer of 1,000.
    expect(clean?.missing).toBeGreaterThan(180);
    expect(clean?.missing).toBeLessThan(236);
    expect(closed).toMatchObject({ looked: 0, missing: 10, isComplete: false, precision: null, recall: null });
    expect(open).toMatchObject({ missing: 10 });
  });

  it('asks for no more looks than there are images left to draw', () => {
    const few = { ...plan, planned: { clean: 5, closed: 0, open: 0 }, sizes: { clean: 8, closed: 0, open: 0 } };
    const missing = (drawable?: number): number | undefined => {
      const more = drawable === undefined ? {} : { drawable: { clean: drawable, closed: 0, open: 0 } };
      return measurePlan(looksOf([['clean', 'clean', 4], ['clean', 'open', 1]]), { ...few, ...more }).kinds[0]?.missing; // prettier-ignore
    };
    expect([missing(), missing(2), missing(0)]).toEqual([3, 2, 0]);
  });

  it('tells the same of kinds that are not there as without them', () => {
    const { kinds, overall } = measurePlan(looksOf(table.slice(0, 3)), {
      ...plan,
      sizes: { clean: 1000, closed: 0, open: 0 },
    });
    expect(overall?.share).toBeCloseTo(0.8, 12);
    expect(kinds.map(({ recall }) => recall?.share)).toEqual([1, 0, 0]);
    expect(measurePlan([], plan)).toMatchObject({ overall: null });
  });

  it('gives the overall share to 4 points by 150 looks a kind', () => {
    const hundred = looksOf([
      ['clean', 'clean', 119],
      ['clean', 'open', 31],
      ['closed', 'closed', 119],
      ['closed', 'open', 31],
      ['open', 'open', 119],
      ['open', 'clean', 31],
    ]);
    const large = { clean: 550_000, closed: 140_000, open: 310_000 };
    const { overall } = measurePlan(hundred, { ...plan, sizes: large });
    expect(((overall?.high as number) - (overall?.low as number)) / 2).toBeCloseTo(0.042, 2);
  });
});

describe('measureOtherSplit', () => {
  it('of the split that drew the looks are the same shares', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(counts, (numbers) => {
        const looks = looksOf(
          numbers.map((count, at) => [
            NOISE_KINDS[Math.floor(at / 3)] as NoiseKind,
            NOISE_KINDS[at % 3] as NoiseKind,
            count,
          ]),
        );
        const isEverywhere = NOISE_KINDS.every((kind) => looks.some((look) => look.kind === kind));
        const [own, other] = [measurePlan(looks, plan), measureOtherSplit(looks, sizes)];
        expect(other.overall === null).toBe(!isEverywhere);
        if (!isEverywhere) return;
        NOISE_KINDS.forEach((kind, at) => {
          const share = own.kinds[at]?.precision?.share;
          expect(other.kinds[at]?.precision?.share ?? -1).toBeCloseTo(share ?? -1, 9);
          const recall = own.kinds[at]?.recall?.share;
          if (looks.some(({ truth }) => truth === kind)) {
            expect(other.kinds[at]?.recall?.share).toBeCloseTo(recall as number, 9);
          }
        });
        if (isEverywhere) expect(other.overall?.share).toBeCloseTo(own.overall?.share as number, 9);
      }),
    );
  });

  it("weighs looks by their chance, with Kish's number of them", () => {
    const look = { truth: 'open', called: 'open', probability: 1, isRefinedRight: true } as const;
    // 1,000 clean images stand behind one look, 600 open ones behind two.
    const looks = [
      { ...look, kind: 'clean' as const, truth: 'clean' as const },
      { ...look, kind: 'open' as const },
      { ...look, kind: 'open' as const },
    ];
    const { kinds } = measureOtherSplit(looks, { ...sizes, closed: 0 });
    const kish = 1600 ** 2 / (1000 ** 2 + 2 * 300 ** 2);
    expect(kinds[2]?.precision).toEqual(wilsonInterval(600 / 1600, { looked: kish }));
    expect(kinds[0]).toMatchObject({ precision: null, recall: { share: 0 } });
  });
});

describe('reliabilityOf', () => {
  it('compares probabilities with what was right, by weights', () => {
    const looks = looksOf(table).map((look, at) => ({ ...look, probability: at === 0 ? 1 : 0.75 }));
    const bins = reliabilityOf(looks, sizes);
    expect(bins.map(({ looked }) => looked)).toEqual([0, 0, 0, 0, 0, 0, 0, 29, 0, 1]);
    expect(bins[9]).toEqual({ from: 0.9, mean: 1, right: 1, looked: 1 });
    expect(bins[7]?.mean).toBeCloseTo(0.75, 12);
    expect(bins[7]?.right).toBeCloseTo((700 + 320 + 540) / 1900, 12);
  });
});

describe('refinedShare', () => {
  it('is of the looks at closed ones', () => {
    const looks = looksOf(table).map((look, at) => ({ ...look, isRefinedRight: at % 2 === 0 }));
    expect(refinedShare(looks, sizes)).toEqual(wilsonInterval(0.5, { looked: 10, size: 400 }));
    expect(refinedShare(looksOf(table.slice(0, 3)), sizes)).toBeNull();
  });
});
