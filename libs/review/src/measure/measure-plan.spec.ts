import { NOISE_KINDS } from '@winnow/contracts';
import fc from 'fast-check';
import { countPlan, kindSizes, plannedLooks } from './measure-plan';

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
