import fc from 'fast-check';
import {
  clusterDuplicates,
  compareRepresentatives,
  duplicateQuality,
  findLeaks,
  hammingDistance,
  voteOnClass,
} from '../index';
import type { ConfirmNear, DuplicateItem, NearPair } from '../index';

function item(id: string, changes: Partial<DuplicateItem> = {}): DuplicateItem {
  return {
    id,
    className: 'cat',
    bytesSha: `bytes-${id}`,
    pixelSha: `pixels-${id}`,
    pdq: '0'.repeat(64),
    pdqQuality: 100,
    width: 100,
    height: 100,
    sizeBytes: 1000,
    rank: 1,
    ...changes,
  };
}

/** The first `count` bits set, from bit `from`. */
function hashWith(count: number, from = 0): string {
  const bits = Array.from({ length: 256 }, (_, at) => (at >= from && at < from + count ? '1' : '0')).join('');
  return (bits.match(/.{4}/g) ?? []).map((digit) => Number.parseInt(digit, 2).toString(16)).join('');
}

/** A last word that needs no preparation. */
const saying =
  (decide: (pair: NearPair) => boolean): ConfirmNear =>
  () =>
    Promise.resolve(decide);

const far = (index: number): string => hashWith(64, index * 64);

describe('clusterDuplicates', () => {
  it('drops copies by stage and names what is kept', async () => {
    const clusters = await clusterDuplicates([
      item('small', { width: 50, pdq: hashWith(10) }),
      item('large', { width: 200 }),
      item('large again', { width: 200, bytesSha: 'bytes-large', pixelSha: 'pixels-large', rank: 5 }),
      item('other metadata', { width: 200, pixelSha: 'pixels-large', rank: 3 }),
      item('different', { pdq: far(1) }),
    ]);
    expect(clusters).toEqual([
      {
        keptId: 'large',
        className: 'cat',
        conflicts: [],
        copies: [
          { id: 'other metadata', outcome: 'duplicate_pixels', distanceBits: 0 },
          { id: 'large again', outcome: 'duplicate_bytes', distanceBits: 0 },
          { id: 'small', outcome: 'duplicate_near', distanceBits: 10 },
        ],
      },
      { keptId: 'different', className: 'cat', conflicts: [], copies: [] },
    ]);
  });

  it('merges farther within a class than across classes', async () => {
    const pair = async (bits: number, className: string): Promise<number> =>
      (await clusterDuplicates([item('a'), item('b', { pdq: hashWith(bits), className })])).length;
    const counts = [pair(15, 'dog'), pair(16, 'dog'), pair(31, 'cat'), pair(32, 'cat')];
    expect(await Promise.all(counts)).toEqual([1, 2, 1, 2]);
    const seenAsBoth = item('b', {
      pdq: hashWith(20),
      className: 'dog',
      votes: new Map(Object.entries({ dog: 3, cat: 1 })),
    });
    expect(await clusterDuplicates([item('a'), seenAsBoth])).toMatchObject([{ className: 'dog', conflicts: ['cat'] }]);
    const odd = item('c', {
      className: '__proto__',
      votes: new Map(Object.entries({ constructor: 1, ['__proto__']: 2 })),
    });
    expect(await clusterDuplicates([odd])).toMatchObject([{ className: '__proto__', conflicts: ['constructor'] }]);
  });

  it('does not chain: the far end of a row stays', async () => {
    const row = [0, 25, 50].map((bits, index) => item(`${index}`, { pdq: hashWith(bits), width: 300 - index }));
    expect((await clusterDuplicates(row)).map((cluster) => cluster.keptId)).toEqual(['0', '2']);
  });

  it('gives a copy to the nearest kept image', async () => {
    const items = [
      item('best', { width: 300 }),
      item('second', { width: 200, pdq: hashWith(40) }),
      item('copy', { width: 100, pdq: hashWith(25) }),
    ];
    const clusters = await clusterDuplicates(items);
    expect(clusters.map(({ keptId, copies }) => [keptId, copies.length])).toEqual([
      ['best', 0],
      ['second', 1],
    ]);
  });

  it('leaves images without structure, and pairs that are not confirmed', async () => {
    expect(await clusterDuplicates([item('a', { pdqQuality: 49 }), item('b')])).toHaveLength(2);
    expect(await clusterDuplicates([item('a'), item('b')], { confirm: saying(() => false) })).toHaveLength(2);
    const confirm = saying(({ kept, copy }) => kept.id === 'a' && copy.id === 'b');
    expect(await clusterDuplicates([item('a'), item('b'), item('c')], { confirm })).toHaveLength(2);
  });

  it('refuses an id that occurs twice', async () => {
    await expect(clusterDuplicates([item('a'), item('a')])).rejects.toMatchObject({ code: 'USAGE' });
  });

  const options = { mergeBits: 15, sameClassMergeBits: 31, minPdqQuality: 50 };
  const anyItem = fc.record({
    className: fc.constantFrom('cat', 'dog', 'owl'),
    bytesSha: fc.integer({ min: 0, max: 20 }).map((digest) => `b${digest}`),
    start: fc.integer({ min: 0, max: 60 }),
    pdqQuality: fc.constantFrom(40, 80),
    width: fc.constantFrom(64, 128),
    rank: fc.integer({ min: 1, max: 3 }),
    license: fc.constantFrom(null, 'CC0', 'CC BY-NC 4.0'),
  });
  // Equal bytes have equal pixels; some files share pixels.
  const worlds = fc.array(anyItem, { maxLength: 25 }).map((rows) =>
    rows.map(({ start, bytesSha, ...row }, index) => {
      const pixelSha = `p${Number(bytesSha.slice(1)) >> 1}`;
      return item(`${index}`, { ...row, bytesSha, pixelSha, pdq: hashWith(60, start) });
    }),
  );

  it('does not depend on the order of items', async () => {
    const shuffled = worlds.chain((items) =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([items, other]) => {
        expect(await clusterDuplicates(other, options)).toEqual(await clusterDuplicates(items, options));
      }),
      { seed: 3 },
    );
  });

  it('holds every item once, and what is kept has no duplicates left', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (items) => {
        const clusters = await clusterDuplicates(items, options);
        const ids = clusters.flatMap(({ keptId, copies }) => [keptId, ...copies.map((copy) => copy.id)]);
        expect([...ids].sort()).toEqual(items.map(({ id }) => id).sort());
        const kept = items.filter(({ id }) => clusters.some((cluster) => cluster.keptId === id));
        // A kept image stands for all classes of its pixel-identical copies.
        const again = await clusterDuplicates(kept, { ...options, sameClassMergeBits: 15 });
        expect(again.every((cluster) => cluster.copies.length === 0)).toBe(true);
      }),
      { seed: 4 },
    );
  });

  it('clusters, after one question about all near pairs, as one that asks about each when it comes to it', async () => {
    const different = fc
      .array(anyItem, { maxLength: 25 })
      .map((rows) =>
        rows.map(({ start, bytesSha: _, ...row }, index) => item(`${index}`, { ...row, pdq: hashWith(60, start) })),
      );
    const isConfirmed = ({ kept, copy }: Pick<NearPair, 'kept' | 'copy'>): boolean =>
      (Number(kept.id) * 7 + Number(copy.id) * 3) % 4 !== 0;
    await fc.assert(
      fc.asyncProperty(different, async (items) => {
        const given = new Set<string>();
        const clusters = await clusterDuplicates(items, {
          ...options,
          confirm(pairs) {
            for (const { kept, copy } of pairs) given.add(`${kept.id} ${copy.id}`);
            return Promise.resolve((pair) => {
              expect(given).toContain(`${pair.kept.id} ${pair.copy.id}`);
              return isConfirmed(pair);
            });
          },
        });
        const found = new Map(clusters.flatMap(({ keptId, copies }) => copies.map(({ id }) => [id, keptId])));
        expect(found).toEqual(askedOneByOne(items, isConfirmed));
        const near = nearPairsOf(items).map(({ kept, copy }) => `${kept.id} ${copy.id}`);
        expect([...given].sort()).toEqual(near.sort());
      }),
      { seed: 6 },
    );
  });

  it('never merges beyond the limits, and keeps the best', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (items) => {
        const byId = new Map(items.map((one) => [one.id, one]));
        for (const { keptId, copies } of await clusterDuplicates(items, options)) {
          const kept = byId.get(keptId) as DuplicateItem;
          for (const { id, outcome, distanceBits } of copies) {
            const copy = byId.get(id) as DuplicateItem;
            expect(compareRepresentatives(kept, copy)).toBeLessThan(0);
            if (outcome !== 'duplicate_near') continue;
            expect(distanceBits).toBe(hammingDistance(kept.pdq, copy.pdq));
            expect(distanceBits).toBeLessThanOrEqual(31);
            const classesOf = (one: DuplicateItem): string[] =>
              items.filter((other) => other.pixelSha === one.pixelSha).map((other) => other.className);
            if (distanceBits > 15) expect(classesOf(kept).some((name) => classesOf(copy).includes(name))).toBe(true);
          }
        }
      }),
      { seed: 5 },
    );
  });
});

/** All pairs within the limits, the better one first, by comparing all. */
function nearPairsOf(items: readonly DuplicateItem[]) {
  const hashed = [...items].sort(compareRepresentatives).filter(({ pdqQuality }) => pdqQuality >= 50);
  return hashed.flatMap((kept, place) =>
    hashed.slice(place + 1).flatMap((copy) => {
      const distance = hammingDistance(kept.pdq, copy.pdq);
      return distance <= (kept.className === copy.className ? 31 : 15) ? [{ kept, copy, distance }] : [];
    }),
  );
}

/** What stands for each copy where the last word is asked for when a pair comes up. */
function askedOneByOne(
  items: readonly DuplicateItem[],
  isConfirmed: (pair: Pick<NearPair, 'kept' | 'copy'>) => boolean,
): ReadonlyMap<string, string> {
  const found = new Map<string, { readonly keptId: string; readonly distance: number }>();
  // By the better one, best first: one that is a copy already claims nothing.
  for (const { kept, copy, distance } of nearPairsOf(items)) {
    const isNearer = distance < (found.get(copy.id)?.distance ?? Infinity);
    if (!found.has(kept.id) && isNearer && isConfirmed({ kept, copy }))
      found.set(copy.id, { keptId: kept.id, distance });
  }
  return new Map([...found].map(([id, { keptId }]) => [id, keptId]));
}

describe('compareKeepers', () => {
  it('prefers pixels, then freedom, then rank, then bytes', () => {
    const order = [
      item('fewer pixels', { width: 10, license: 'CC0' }),
      item('later', { rank: 2, license: 'CC BY-SA 4.0' }),
      item('first', { license: 'CC BY-SA 4.0' }),
      item('unknown'),
      item('free', { rank: 9, license: 'Public domain' }),
      item('unknown but larger file', { sizeBytes: 2000 }),
    ];
    expect(order.sort(compareRepresentatives).map(({ id }) => id)).toEqual([
      'free',
      'first',
      'later',
      'unknown but larger file',
      'unknown',
      'fewer pixels',
    ]);
  });
});

describe('voteOnClass', () => {
  it('takes the majority, then what the kept image says, then the first by name', () => {
    const members = [item('a'), item('b', { className: 'dog' }), item('c', { className: 'dog' })];
    expect(voteOnClass(members, 'cat')).toEqual({ className: 'dog', conflicts: ['cat'] });
    expect(voteOnClass(members.slice(0, 2), 'dog')).toEqual({ className: 'dog', conflicts: ['cat'] });
    expect(voteOnClass(members.slice(0, 2), 'owl')).toEqual({ className: 'cat', conflicts: ['dog'] });
  });
});

describe('duplicateQuality', () => {
  it('counts pairs', () => {
    // Truth: {a, b, c} and {d, e}; found: {a, b, d}, {c}, {e}, {f}.
    const truth: Record<string, string> = { a: '1', b: '1', c: '1', d: '2', e: '2' };
    const copies = (ids: readonly string[]) =>
      ids.map((id) => ({ id, outcome: 'duplicate_near' as const, distanceBits: 0 }));
    const clusters = [
      { keptId: 'a', copies: copies(['b', 'd']) },
      ...['c', 'e', 'f'].map((keptId) => ({ keptId, copies: [] })),
    ];
    const quality = duplicateQuality(clusters, (id) => truth[id] ?? null);
    expect(quality).toEqual({ truePairs: 1, falsePairs: 2, missedPairs: 3, precision: 1 / 3, recall: 1 / 4 });
    expect(duplicateQuality([], () => null)).toMatchObject({ precision: 1, recall: 1 });
  });
});

describe('findLeaks', () => {
  it('finds copies of held-out images by bytes, pixels and hash', () => {
    const heldOut = [item('test 1'), item('test 2', { pdq: far(2) }), item('flat', { pdq: far(3), pdqQuality: 0 })];
    const items = [
      item('same bytes', { bytesSha: 'bytes-test 2', pdq: far(1) }),
      item('same pixels', { pixelSha: 'pixels-test 1', pdq: far(1) }),
      item('near', { pdq: hashWith(31) }),
      item('not near', { pdq: hashWith(32) }),
      item('flat too', { pdq: far(3) }),
    ];
    expect(findLeaks(items, heldOut)).toEqual([
      { id: 'same bytes', heldOutId: 'test 2', distanceBits: 0 },
      { id: 'same pixels', heldOutId: 'test 1', distanceBits: 0 },
      { id: 'near', heldOutId: 'test 1', distanceBits: 31 },
    ]);
  });
});
