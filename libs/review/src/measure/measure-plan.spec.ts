import { NOISE_KINDS } from '@winnow/contracts';
import fc from 'fast-check';
import { countPlan, kindSizes, plannedLooks, showings } from './measure-plan';

const pools = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 200 }).map((kinds) => Uint8Array.from(kinds));
const stage = fc.record({ clean: fc.nat(80), closed: fc.nat(80), open: fc.nat(80) });

describe('plannedLooks', () => {
  it('draws no image twice, each from its kind, as many as are planned', () => {
    fc.assert(
      fc.property(pools, stage, fc.integer(), (kinds, counts, seed) => {
        const looks = plannedLooks({ seed, stages: [counts] }, kinds);
        const sizes = kindSizes(kinds);
        expect(new Set(looks.map(({ row }) => row)).size).toBe(looks.length);
        expect(looks.every(({ row, kind }) => NOISE_KINDS[kinds[row] as number] === kind)).toBe(true);
        for (const kind of NOISE_KINDS) {
          const here = looks.filter((look) => look.kind === kind);
          expect(here).toHaveLength(Math.min(counts[kind], sizes[kind]));
          expect(here.every(({ chance }) => chance === here.length / sizes[kind])).toBe(true);
        }
      }),
    );
  });

  it('keeps what was drawn when it is extended, and draws what one large plan would', () => {
    fc.assert(
      fc.property(pools, stage, stage, fc.integer(), (kinds, first, second, seed) => {
        const [short, long] = [[first], [first, second]].map((stages) => plannedLooks({ seed, stages }, kinds));
        expect(long?.slice(0, short?.length)).toEqual(short);
        expect(new Set(long?.map(({ row }) => row)).size).toBe(long?.length);
        const sum = {
          clean: first.clean + second.clean,
          closed: first.closed + second.closed,
          open: first.open + second.open,
        };
        const whole = plannedLooks({ seed, stages: [sum] }, kinds);
        const rows = (looks: typeof whole | undefined) => looks?.map(({ row }) => row).sort((a, b) => a - b);
        expect(rows(long)).toEqual(rows(whole));
      }),
    );
  });

  it('draws every image of a kind alike', () => {
    const drawn = new Int32Array(12);
    const kinds = Uint8Array.from({ length: 12 }, (_, row) => (row < 8 ? 0 : 2));
    for (let seed = 0; seed < 2000; seed += 1) {
      const stages = [{ clean: 2, closed: 5, open: 1 }];
      for (const { row } of plannedLooks({ seed, stages }, kinds)) drawn[row] = (drawn[row] as number) + 1;
    }
    // A quarter of 2,000; five standard deviations are 97.
    for (const count of drawn) expect(Math.abs(count - 500)).toBeLessThan(97);
  });
});

describe('countPlan', () => {
  it('counts looks by what the split expects of itself, and none of kinds that are not asked for', () => {
    const plan = { halfWidth: 0.05, kinds: ['clean', 'open'] as const, sizes: { clean: 1e6, closed: 1e6, open: 100 } };
    const expected = { clean: 0.99, closed: 0.8, open: 0.3 };
    // As if of .9; all but some of the hundred.
    expect(countPlan({ ...plan, expected })).toEqual({ clean: 141, closed: 0, open: 80 });
  });
});

describe('showings', () => {
  const lengths = fc.nat(400);

  it('show every look once, one in twenty again when fifty others were shown since, one in ten to all', () => {
    fc.assert(
      fc.property(lengths, fc.integer(), (count, seed) => {
        const shown = showings(count, seed);
        const first = shown.filter(({ isRepeat }) => !isRepeat);
        expect(first.map(({ look }) => look)).toEqual([...Array(count).keys()]);
        const repeats = [...shown.keys()].filter((at) => shown[at]?.isRepeat);
        for (const at of repeats) {
          const before = shown.findIndex(({ look }) => look === shown[at]?.look);
          expect(at - before).toBeGreaterThan(50);
          expect(at - before).toBeLessThan(60);
        }
        expect(repeats.length).toBeLessThanOrEqual(Math.ceil(count / 20));
        expect(repeats.length).toBeGreaterThanOrEqual(Math.floor((count - 60) / 20) - 1);
        const shared = first.filter(({ isShared }) => isShared).length;
        expect(Math.abs(shared - count / 10)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keep what was shown when looks are added', () => {
    fc.assert(
      fc.property(lengths, fc.nat(200), fc.integer(), (count, more, seed) => {
        const short = showings(count, seed);
        expect(showings(count + more, seed).slice(0, short.length)).toEqual(short);
      }),
    );
  });
});
