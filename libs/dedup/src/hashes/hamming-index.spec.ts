import fc from 'fast-check';
import { hammingDistance, HammingIndex, hashWords } from '../index';

/** A hash that differs from another in the given bits (0 is the first). */
function flip(hash: string, bits: readonly number[]): string {
  const digits = [...hash].map((digit) => Number.parseInt(digit, 16));
  for (const bit of bits) digits[bit >> 2] = (digits[bit >> 2] ?? 0) ^ (8 >> (bit & 3));
  return digits.map((digit) => digit.toString(16)).join('');
}

const hash = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 64, maxLength: 64 })
  .map((digits) => digits.map((digit) => digit.toString(16)).join(''));
/** So many others that slots are less work than comparing all, even where all hashes near the query share them. */
const OTHERS = Array.from({ length: 400 }, () => 'f'.repeat(64));
const bits = fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 60 });

describe('hammingDistance', () => {
  it('counts bits', () => {
    expect(hammingDistance('0'.repeat(64), 'f'.repeat(64))).toBe(256);
    expect(hammingDistance('0'.repeat(64), `8${'0'.repeat(62)}3`)).toBe(3);
    fc.assert(
      fc.property(hash, bits, (value, flipped) => hammingDistance(value, flip(value, flipped)) === flipped.length),
      { seed: 1 },
    );
  });

  it('reads digits of either case, the most significant word first', () => {
    expect([...hashWords([`${'0123abCD'.repeat(7)}FFFFFFFE`])].slice(6)).toEqual([0x0123abcd, 0xffff_fffe]);
  });

  it('refuses what is no hash', () => {
    for (const text of [`${'0'.repeat(63)}ü`, `${'0'.repeat(63)}\u0130`, '0'.repeat(65), `${'0'.repeat(63)}-`]) {
      expect(() => hashWords([text])).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID' }));
    }
    expect(() => hammingDistance('12', '0'.repeat(64))).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID' }));
    expect(() => new HammingIndex(['g'.repeat(64)])).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID' }));
  });
});

describe('HammingIndex', () => {
  it('finds what comparing all hashes finds', () => {
    const near = fc.record({ center: fc.nat({ max: 2 }), flipped: bits });
    const world = fc.record({
      centers: fc.array(hash, { minLength: 3, maxLength: 3 }),
      members: fc.array(near, { minLength: 1, maxLength: 25 }),
      radius: fc.integer({ min: 0, max: 55 }),
      query: near,
      others: fc.constantFrom([], OTHERS),
    });
    fc.assert(
      fc.property(world, ({ centers, members, radius, query, others }) => {
        const place = ({ center, flipped }: { center: number; flipped: number[] }): string =>
          flip(centers[center] ?? '', flipped);
        const hashes = [...members.map(place), ...others];
        const expected = hashes
          .map((value, index) => ({ index, distanceBits: hammingDistance(value, place(query)) }))
          .filter(({ distanceBits }) => distanceBits <= radius);
        expect(new HammingIndex(hashes, { linearBelow: 0 }).search(place(query), radius)).toEqual(expected);
        expect(new HammingIndex(hashWords(hashes)).search(hashWords([place(query)]), radius)).toEqual(expected);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('finds the farthest hashes of each radius, spread evenly over the slots', () => {
    const zero = '0'.repeat(64);
    const spread = (count: number): string =>
      flip(
        zero,
        Array.from({ length: count }, (_, at) => (at % 16) * 16 + (at >> 4)),
      );
    const hashes = [...[15, 16, 31, 32, 47, 48].map(spread), ...OTHERS];
    const index = new HammingIndex(hashes, { linearBelow: 0 });
    expect(index.search(zero, 15).map((hit) => hit.distanceBits)).toEqual([15]);
    expect(index.search(zero, 31).map((hit) => hit.distanceBits)).toEqual([15, 16, 31]);
    expect(index.search(zero, 47).map((hit) => hit.distanceBits)).toEqual([15, 16, 31, 32, 47]);
    expect(index.search(zero, 48)).toHaveLength(6);
    expect(index.size).toBe(406);
  });

  it('is empty without hashes', () => {
    expect(new HammingIndex([]).search('0'.repeat(64), 31)).toEqual([]);
  });
});
