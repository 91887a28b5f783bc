import fc from 'fast-check';
import { distinctHashes } from './distinct-hashes';
import { HASH_WORDS, hashWords, wordsDistance } from './hamming-distance';
import { flipHash, flipWords } from './mirror-hash';
import { nearHashes } from './near-hashes';
import { nearPairs } from './near-pairs';
import type { NearPairOptions } from './near-pairs';
import { listAt } from '../pairs/row-lists';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bit = fc.nat({ max: 255 });
/** Some hash, and how many bits turned over where: evenly, or most of them in few slots. */
const member = fc.record({
  center: fc.nat({ max: 3 }),
  isFlipped: fc.boolean(),
  flipped: fc.oneof(
    fc.uniqueArray(bit, { maxLength: 50 }),
    fc.uniqueArray(bit, { minLength: 12, maxLength: 26, size: 'max' }),
    fc.uniqueArray(fc.nat({ max: 95 }), { minLength: 10, maxLength: 24, size: 'max' }),
  ),
});
const world = fc.record({
  centers: fc.array(fc.array(word, { minLength: HASH_WORDS, maxLength: HASH_WORDS }), { minLength: 4, maxLength: 4 }),
  members: fc.array(member, { maxLength: 40, size: 'max' }),
});

interface World {
  readonly centers: readonly (readonly number[])[];
  readonly members: readonly { readonly center: number; readonly isFlipped: boolean; readonly flipped: number[] }[];
}

function toWords({ centers, members }: World): Uint32Array {
  const words = new Uint32Array(members.length * HASH_WORDS);
  members.forEach(({ center, isFlipped, flipped }, row) => {
    const hash = Uint32Array.from(centers[center] ?? []);
    for (const at of flipped) hash[at >> 5] = (hash[at >> 5] ?? 0) ^ (1 << (at & 31));
    words.set(isFlipped ? flipWords(hash) : hash, row * HASH_WORDS);
  });
  return words;
}
/** Every other row within the radius. */
function bruteForce(words: Uint32Array, radiusBits: number, isFlipped = false): number[][] {
  const count = words.length / HASH_WORDS;
  const queries = isFlipped ? flipWords(words) : words;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (__, other) => other).filter(
      (other) => other !== row && wordsDistance(queries, row, words, other) <= radiusBits,
    ),
  );
}

async function lists(words: Uint32Array, options: NearPairOptions): Promise<number[][] | null> {
  const found = await nearPairs(words, options);
  return found && Array.from({ length: words.length / HASH_WORDS }, (_, row) => [...listAt(found, row)]);
}

describe('nearPairs', () => {
  const radius = fc.constantFrom(0, 5, 15, 16, 24, 31, 32, 40, 47, 48, 60);

  it('finds what comparing all hashes finds', async () => {
    await fc.assert(
      fc.asyncProperty(world, radius, fc.boolean(), async (some, radiusBits, mirrored) => {
        const { words } = distinctHashes(toWords(some));
        const options = { radiusBits, flipped: mirrored };
        const expected = bruteForce(words, radiusBits, mirrored);
        expect(await lists(words, options)).toEqual(expected);
        if (radiusBits < 48) expect(await lists(words, { ...options, compareAll: false })).toEqual(expected);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('finds the farthest pairs of each radius, however their bits lie', async () => {
    for (const bits of [15, 31, 47]) {
      const rows = [new Uint32Array(HASH_WORDS)];
      for (let shift = 0; shift < 16; shift += 1) {
        // As evenly as can be, the slot with one bit less at every place in turn.
        const far = new Uint32Array(HASH_WORDS);
        for (let at = 0; at < bits; at += 1) {
          const slot = (at + shift) % 16;
          far[slot >> 1] = (far[slot >> 1] ?? 0) | (1 << ((slot & 1) * 16 + (at >> 4)));
        }
        rows.push(far);
      }
      const words = Uint32Array.from(rows.flatMap((hash) => [...hash]));
      const expected = bruteForce(words, bits);
      expect(expected[0]).toHaveLength(16);
      expect(await lists(words, { radiusBits: bits, compareAll: false })).toEqual(expected);
      const nearer = await lists(words, { radiusBits: bits - 1, compareAll: false });
      expect(nearer).toEqual(bruteForce(words, bits - 1));
      expect(nearer?.[0]).toEqual([]);
    }
  });

  const many = (count: number): Uint32Array => {
    // Groups of seven around hashes of a simple generator.
    let state = 1;
    const random = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      return (state ^= state << 5) >>> 0;
    };
    const words = new Uint32Array(count * HASH_WORDS);
    for (let row = 0; row < count; row += 1) {
      for (let at = 0; at < HASH_WORDS; at += 1) {
        const index = row * HASH_WORDS + at;
        const near = row % 7 === 0 ? random() : (words[index - HASH_WORDS] as number) ^ (1 << (random() % 32));
        words[index] = near >>> 0;
      }
    }
    return words;
  };

  it('gives the same for any number of threads', async () => {
    const words = many(1500);
    for (const options of [{ radiusBits: 31 }, { radiusBits: 100, flipped: true, compareAll: true }]) {
      const alone = await nearPairs(words, options);
      expect(alone?.members.length).toBeGreaterThan(500);
      for (const workers of [2, 3]) expect(await nearPairs(words, { ...options, workers })).toEqual(alone);
    }
    expect(await nearPairs(words, { radiusBits: 31, compareAll: true })).toEqual(
      await nearPairs(words, { radiusBits: 31 }),
    );
  });

  it('gives up when there are too many pairs', async () => {
    const words = many(400);
    const pairs = ((await nearPairs(words, { radiusBits: 31 }))?.members.length ?? 0) / 2;
    for (const workers of [1, 2]) {
      expect(await nearPairs(words, { radiusBits: 31, workers, pairLimit: pairs })).not.toBeNull();
      expect(await nearPairs(words, { radiusBits: 31, workers, pairLimit: pairs - 1 })).toBeNull();
    }
    // 500,000 pairs, of which a part is never listed.
    const dense = Uint32Array.from({ length: 1000 * HASH_WORDS }, (_, at) => (at % HASH_WORDS === 0 ? at : 0));
    expect(await nearPairs(dense, { radiusBits: 31, pairLimit: 100_000 })).toBeNull();
  });
});

describe('nearHashes', () => {
  it('finds the same where pairs are searched one by one, equal hashes and mirrors included', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (some) => {
        const words = toWords({ ...some, members: [...some.members, ...some.members.slice(0, 5)] });
        const found = async (pairLimit: number): Promise<string[][]> => {
          const visit = await nearHashes(words, { radiusBits: 20, flipRadiusBits: 40, pairLimit });
          return Array.from({ length: words.length / HASH_WORDS }, (_, row) => {
            const others: string[] = [];
            visit(row, (...hit) => others.push(hit.join()));
            return others.sort();
          });
        };
        const listed = await found(1e6);
        expect(await found(-1)).toEqual(listed);
        const both = bruteForce(words, 20).map((near, row) => near.length + bruteForceRow(words, row));
        expect(listed.map(({ length }) => length)).toEqual(both);
      }),
      { seed: 7, numRuns: 20 },
    );
  });

  /** The hash itself, and those near its mirror. */
  const bruteForceRow = (words: Uint32Array, row: number): number =>
    1 + (bruteForce(words, 40, true)[row] as number[]).length;
});

describe('distinctHashes', () => {
  it('numbers hashes by their first occurrence', () => {
    const words = hashWords(['1', '2', '1', '3', '2', '2'].map((digit) => digit.repeat(64)));
    const distinct = distinctHashes(words);
    expect([...distinct.rowOf]).toEqual([0, 1, 0, 2, 1, 1]);
    expect(distinct.words).toEqual(hashWords(['1', '2', '3'].map((digit) => digit.repeat(64))));
    expect(distinctHashes(new Uint32Array(0)).words).toHaveLength(0);
  });
});

describe('mirrorHash', () => {
  it('turns every odd horizontal frequency over', () => {
    expect(flipHash('0'.repeat(64))).toBe('5'.repeat(64));
    expect(flipHash(flipHash(`0f${'3'.repeat(62)}`))).toBe(`0f${'3'.repeat(62)}`);
  });
});
