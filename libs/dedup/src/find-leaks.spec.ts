import { findLeaks, hammingDistance, leakCandidates, flipHash } from './index';
import type { HeldOutItem } from './index';

/** A hash whose last `bits` bits are set, from bit `from` on. */
const hash = (bits: number, from = 0): string =>
  (((1n << BigInt(bits)) - 1n) << BigInt(from)).toString(16).padStart(64, '0');

function item(id: string, changes: Partial<HeldOutItem> = {}): HeldOutItem {
  return { id, bytesSha: `bytes-${id}`, pixelSha: `pixels-${id}`, pdq: hash(0), pdqQuality: 100, ...changes };
}

describe('findLeaks', () => {
  it('finds mirror images within the wider limit, only if asked to', () => {
    const heldOut = [item('test'), item('other', { pdq: hash(60, 190) })];
    const flipped = (bits: number): string => {
      const mirrored = BigInt(`0x${flipHash(hash(0))}`) ^ BigInt(`0x${hash(bits)}`);
      return mirrored.toString(16).padStart(64, '0');
    };
    const items = [item('47', { pdq: flipped(47) }), item('48', { pdq: flipped(48) }), item('near', { pdq: hash(3) })];
    const near = { id: 'near', heldOutId: 'test', distanceBits: 3 };
    expect(findLeaks(items, heldOut)).toEqual([near]);
    const mirrored = { id: '47', heldOutId: 'test', distanceBits: 47, flipped: true };
    expect(findLeaks(items, heldOut, { mirrors: true })).toEqual([mirrored, near]);
    expect(findLeaks(items, heldOut, { mirrors: true, mirrorBits: 30 })).toEqual([near]);
  });

  it('names everything that an item may be a copy of, the surest first', () => {
    const heldOut = [
      item('far', { pdq: hash(9) }),
      item('near', { pdq: hash(3) }),
      item('mirrored', { pdq: flipHash(hash(0)) }),
      item('same', { pdq: hash(100, 99) }),
      item('flat', { pdqQuality: 0 }),
    ];
    const candidatesOf = leakCandidates(heldOut, { mirrors: true });
    const found = (one: HeldOutItem) =>
      [...candidatesOf(one)].map(({ leak, isSame }) => [leak.heldOutId, leak.distanceBits, leak.flipped, isSame]);
    expect(found(item('a'))).toEqual([
      ['near', 3, undefined, false],
      ['far', 9, undefined, false],
      ['mirrored', 0, true, false],
    ]);
    expect(found(item('b', { pixelSha: 'pixels-same' }))).toEqual([['same', 0, undefined, true]]);
    expect(found(item('c', { pdqQuality: 49 }))).toEqual([]);
  });

  it('finds by its slots what comparing all finds', () => {
    // More than the index compares one by one, 40 bits and less apart.
    const heldOut = Array.from({ length: 20_000 }, (_, index) =>
      item(`${index}`, { pdq: `${(index * 2654435761).toString(16).padStart(13, '0')}${hash(index % 200).slice(13)}` }),
    );
    const items = heldOut
      .filter((_, index) => index % 4000 === 7)
      .map((one) => item(`copy ${one.id}`, { pdq: flip(one.pdq) }));
    const leaks = findLeaks(items, heldOut, { leakBits: 40 });
    expect(leaks).toEqual(
      items.map(({ id, pdq }) => {
        const distances = heldOut.map((test) => hammingDistance(pdq, test.pdq));
        const distanceBits = Math.min(...distances);
        return { id, heldOutId: `${distances.indexOf(distanceBits)}`, distanceBits };
      }),
    );
    expect(leaks.length).toBe(5);
  });
});

/** 24 bits, spread over the hash. */
function flip(pdq: string): string {
  return [...pdq].map((digit, at) => (at % 8 < 3 ? (Number.parseInt(digit, 16) ^ 4).toString(16) : digit)).join('');
}
