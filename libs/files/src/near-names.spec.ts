import fc from 'fast-check';
import { nearNames } from './near-names';

const KNOWN = ['background', 'tench, Tinca tinca', 'chain', 'chain saw, chainsaw', 'golf ball', 'Crane', 'crane'];

describe('nearNames', () => {
  it.each([
    ['tench', ['tench, Tinca tinca']],
    ['chain-saw', ['chain saw, chainsaw', 'chain']],
    ['golfball', ['golf ball']],
    ['CRANE', ['Crane', 'crane']],
    ['backgruond', ['background']],
    ['airplane', []],
    ['', []],
  ])('of %s', (wanted, near) => expect(nearNames(wanted, KNOWN)).toEqual(near));

  it('holds a known name first, and three at most', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 }), (known) => {
        const near = nearNames(known[0] as string, known);
        expect(near[0]).toBe(known[0]);
        expect(near.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
