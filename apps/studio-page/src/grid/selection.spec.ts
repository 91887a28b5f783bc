import fc from 'fast-check';
import type { Selection } from './selection';
import { addRange, countSelected, everything, isSelected, NOTHING, removeRange, toggle } from './selection';

const TOTAL = 40;
const place = fc.integer({ min: 0, max: TOTAL });
const act = fc.record({ kind: fc.constantFrom('add', 'remove', 'toggle', 'all', 'none'), from: place, to: place });
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

function ranges(selection: Selection, { kind, from, to }: Act): Selection {
  if (kind === 'add') return addRange(selection, from, to);
  if (kind === 'remove') return removeRange(selection, from, to);
  if (kind === 'toggle') return from < TOTAL ? toggle(selection, from) : selection;
  return kind === 'all' ? everything(TOTAL) : NOTHING;
}

function bits(chosen: boolean[], { kind, from, to }: Act): boolean[] {
  return chosen.map((value, index) => {
    if (kind === 'add' || kind === 'remove') return from <= index && index < to ? kind === 'add' : value;
    if (kind === 'toggle') return index === from ? !value : value;
    return kind === 'all';
  });
}

describe('a selection', () => {
  it('is what a list of bits would be, as sorted ranges that do not touch', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        let selection: Selection = NOTHING;
        let chosen = Array<boolean>(TOTAL).fill(false);
        for (const step of acts) {
          selection = ranges(selection, step);
          chosen = bits(chosen, step);
        }
        expect(chosen.map((_, index) => isSelected(selection, index))).toEqual(chosen);
        expect(countSelected(selection)).toBe(chosen.filter(Boolean).length);
        selection.forEach(([from, end], index) => {
          expect(from).toBeLessThan(end);
          if (index > 0) expect(from).toBeGreaterThan(selection[index - 1]?.[1] ?? Infinity);
        });
      }),
      { seed: 23, numRuns: 500 },
    );
  });

  it('of a million but one is two ranges', () => {
    expect(toggle(everything(1_000_000), 777_777)).toEqual([
      [0, 777_777],
      [777_778, 1_000_000],
    ]);
  });
});
