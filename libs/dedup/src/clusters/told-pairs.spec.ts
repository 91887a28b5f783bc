import fc from 'fast-check';
import { clusterAsTold, clusterDuplicates } from '../index';
import type { ClusterOptions, DuplicateCluster, DuplicateItem, IdPair, ToldPairs } from '../index';

function item(id: string, changes: Partial<DuplicateItem> = {}): DuplicateItem {
  return {
    ...{
      id,
      className: 'cat',
      bytesSha: `bytes-${id}`,
      pixelSha: `pixels-${id}`,
      pdq: '0'.repeat(64),
      pdqQuality: 100,
    },
    ...{ width: 100, height: 100, sizeBytes: 1000, rank: 1 },
    ...changes,
  };
}

/** The first `count` bits set. */
function hashWith(count: number): string {
  const bits = '1'.repeat(count).padEnd(256, '0');
  return (bits.match(/.{4}/g) ?? []).map((digit) => Number.parseInt(digit, 2).toString(16)).join('');
}

const membersOf = ({ keptId, copies }: DuplicateCluster): readonly string[] => [keptId, ...copies.map(({ id }) => id)];
const idsOf = async (items: readonly DuplicateItem[], told: ToldPairs) =>
  (await clusterDuplicates(items, { told })).map((cluster) => membersOf(cluster).join(' '));

describe('what people say of pairs', () => {
  const [a, b, c] = [
    item('a'),
    item('b', { width: 90, pdq: hashWith(20) }),
    item('c', { width: 80, pdq: hashWith(28) }),
  ];
  const unlike = item('unlike', { width: 70, pdq: hashWith(200) });

  it('keeps apart what hashes take for one; what is nearer to the one that leaves goes with it', async () => {
    expect(await idsOf([a, b, c], {})).toEqual(['a b c']);
    expect(await idsOf([a, b, c], { never: [['b', 'a']] })).toEqual(['a', 'b c']);
    expect(await idsOf([a, b, c], { never: [['b', 'c']] })).toEqual(['a b', 'c']);
  });

  it('folds what no stage finds, and says so', async () => {
    const clusters = await clusterDuplicates([a, unlike], { told: { always: [['unlike', 'a']] } });
    expect(clusters).toMatchObject([
      { keptId: 'a', copies: [{ id: 'unlike', outcome: 'duplicate_told', distanceBits: 200 }] },
    ]);
  });

  it('changes nothing where a stage finds the copy, too', async () => {
    const told = { always: [['a', 'c']] as const, never: [['a', 'unlike']] as const, keep: [['a', 'b']] as const };
    expect(await clusterDuplicates([a, b, c, unlike], { told })).toEqual(await clusterDuplicates([a, b, c, unlike]));
  });

  it('says which pairs would be copies otherwise', async () => {
    const never = [
      ['b', 'a'],
      ['a', 'unlike'],
      ['c', 'gone'],
    ] as const;
    const refusedOf = async (told: ToldPairs, items = [a, b, c, unlike], options: ClusterOptions = {}) =>
      (await clusterAsTold(items, { ...options, told })).refused.map((pair) => pair.join(' '));
    expect(await refusedOf({ never })).toEqual(['b a']);
    // Both are copies of a.
    expect(
      await refusedOf({ never: [['c', 'b']] }, [a, { ...b, pdq: hashWith(31) }, { ...c, pdq: hashWith(0) }]),
    ).toEqual(['c b']);
    // Without the word c would be a copy of b, which is nearer, all the same.
    const [nearA, nearB] = [item('b', { width: 90, pdq: hashWith(50) }), item('c', { width: 80, pdq: hashWith(30) })];
    expect(await refusedOf({ never: [['a', 'c']] }, [a, nearA, nearB])).toEqual([]);
    expect(await refusedOf({ never: [['b', 'c']] }, [a, nearA, nearB])).toEqual(['b c']);
    // Neither is looked at once their pixels say that they are none.
    const confirm = () => Promise.resolve(() => false);
    expect(await refusedOf({ never }, undefined, { confirm })).toEqual([]);
    const always = [['unlike', 'b']] as const;
    expect(await refusedOf({ never: [['a', 'unlike']], always })).toEqual(['a unlike']);
    const embedded = [a, unlike].map((one, index) => ({
      ...one,
      pdq: hashWith(index * 200),
      embedding: Float32Array.of(1, 0),
    }));
    expect(await refusedOf({ never }, embedded, { similarity: 0.9 })).toEqual(['a unlike']);
    const confirmSimilar = (pairs: readonly unknown[]) => Promise.resolve(pairs.map(() => false));
    expect(await refusedOf({ never }, embedded, { similarity: 0.9, confirmSimilar })).toEqual([]);
  });

  it('keeps the image that people want, the one that was named last, and measures from it', async () => {
    const [cluster] = await clusterDuplicates([a, b, c], {
      told: {
        keep: [
          ['c', 'a'],
          ['b', 'a'],
        ],
      },
    });
    expect(cluster).toMatchObject({
      keptId: 'b',
      copies: [
        { id: 'a', outcome: 'duplicate_near', distanceBits: 20 },
        { id: 'c', outcome: 'duplicate_near', distanceBits: 8 },
      ],
    });
  });

  it('measures from what is kept by word, also where that is a copy of the best one by word alone', async () => {
    const [cluster] = await clusterDuplicates([a, b, unlike], {
      told: { always: [['unlike', 'a']], keep: [['unlike', 'a']] },
    });
    expect(cluster).toMatchObject({
      keptId: 'unlike',
      copies: [
        { id: 'a', outcome: 'duplicate_told', distanceBits: 200 },
        { id: 'b', outcome: 'duplicate_near', distanceBits: 180 },
      ],
    });
  });

  it('keeps another of those with the same pixels', async () => {
    const same = item('same', { width: 100, pixelSha: 'pixels-a', rank: 2 });
    const [cluster] = await clusterDuplicates([a, same, b], { told: { keep: [['same', 'a']] } });
    expect(cluster).toMatchObject({
      keptId: 'same',
      copies: [
        { id: 'a', outcome: 'duplicate_pixels' },
        { id: 'b', outcome: 'duplicate_near', distanceBits: 20 },
      ],
    });
  });

  it('holds whatever is said of whatever images, and does not depend on their order', async () => {
    const id = fc.integer({ min: 0, max: 9 }).map(String);
    const pairs = fc.array(fc.tuple(id, id), { maxLength: 6 });
    const image = fc.record({ bits: fc.integer({ min: 0, max: 80 }), pixels: fc.integer({ min: 0, max: 30 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(image, { minLength: 10, maxLength: 10 }),
        pairs,
        pairs,
        pairs,
        async (drawn, never, always, keep) => {
          const items = drawn.map(({ bits, pixels }, index) =>
            item(String(index), { pdq: hashWith(bits), pixelSha: `pixels-${pixels}`, width: 100 + index }),
          );
          const told = { never, always, keep };
          const clusters = await clusterDuplicates(items, { told });
          expect(await clusterDuplicates([...items].reverse(), { told })).toEqual(clusters);
          expect(clusters.flatMap(membersOf).sort()).toEqual(items.map((one) => one.id).sort());
          const clusterOf = new Map(clusters.flatMap((one) => membersOf(one).map((member) => [member, one] as const)));
          const isOne = ([first, second]: IdPair) => clusterOf.get(first) === clusterOf.get(second);
          const pixelsOf = (name: string) => items[Number(name)]?.pixelSha;
          for (const pair of never)
            if (pixelsOf(pair[0]) !== pixelsOf(pair[1])) expect([pair, isOne(pair)]).toEqual([pair, false]);
          if (never.length === 0) for (const pair of always) expect([pair, isOne(pair)]).toEqual([pair, true]);
          for (const cluster of clusters) {
            const members = new Set(membersOf(cluster));
            const last = keep.findLast(([x, y]) => x !== y && members.has(x) && members.has(y));
            if (last !== undefined) expect(cluster.keptId).toBe(last[0]);
          }
        },
      ),
      { seed: 7, numRuns: 100 },
    );
  });

  it('counts no word without which all would be the same', async () => {
    const id = fc.integer({ min: 0, max: 9 }).map(String);
    const pairs = fc.uniqueArray(fc.tuple(id, id), { maxLength: 5, selector: (pair) => [...pair].sort().join(' ') });
    const bits = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(bits, pairs, async (drawn, never) => {
        const items = drawn.map((count, index) => item(String(index), { pdq: hashWith(count), width: 100 + index }));
        const { clusters, refused } = await clusterAsTold(items, { told: { never } });
        expect(await clusterDuplicates(items, { told: { never: refused } })).toEqual(clusters);
        const [one] = never;
        if (one === undefined) return;
        const alone = await clusterAsTold(items, { told: { never: [one] } });
        const isIdle = JSON.stringify(alone.clusters) === JSON.stringify(await clusterDuplicates(items));
        expect([one, alone.refused.length]).toEqual([one, isIdle ? 0 : 1]);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('says of no copy that it is one by word alone where other words bring it together with what finds it', async () => {
    const always = [
      ['unlike', 'a'],
      ['unlike', 'b'],
    ] as const;
    const [cluster] = await clusterDuplicates([a, b, unlike], { told: { always } });
    expect(cluster).toMatchObject({
      keptId: 'a',
      copies: [
        { id: 'unlike', outcome: 'duplicate_told' },
        { id: 'b', outcome: 'duplicate_near', distanceBits: 20 },
      ],
    });
  });
});
