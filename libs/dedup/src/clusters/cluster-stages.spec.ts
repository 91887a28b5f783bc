import fc from 'fast-check';
import { clusterDuplicates, compareRepresentatives, hammingDistance, flipHash, FLIP_SLACK_BITS } from '../index';
import type { ClusterOptions, ConfirmNear, DuplicateCluster, DuplicateItem } from '../index';

function item(id: string, changes: Partial<DuplicateItem> = {}): DuplicateItem {
  const digests = { bytesSha: `bytes-${id}`, pixelSha: `pixels-${id}` };
  const image = { pdq: '0'.repeat(64), pdqQuality: 100, width: 100, height: 100, sizeBytes: 1000, rank: 1 };
  return { id, className: 'cat', ...digests, ...image, ...changes };
}

/** `count` bits set from bit `from` on. */
function hashWith(count: number, from = 0): string {
  const bits = Array.from({ length: 256 }, (_, at) => (at >= from && at < from + count ? '1' : '0')).join('');
  return (bits.match(/.{4}/g) ?? []).map((digit) => Number.parseInt(digit, 2).toString(16)).join('');
}

/** Of length one, in a plane, at an angle of `degrees`. */
function at(degrees: number): Float32Array {
  return Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180), 0);
}

const far = (index: number): string => hashWith(64, index * 64);
const cosine = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);

describe('clusterDuplicates with mirrors', () => {
  const mirrored = (bits: number): string => {
    const hash = flipHash('0'.repeat(64));
    const flipped = BigInt(`0x${hash}`) ^ BigInt(`0x${hashWith(bits)}`);
    return flipped.toString(16).padStart(64, '0');
  };

  it('finds mirror images within the wider limits, only if asked to', async () => {
    const outcome = async (bits: number, className: string, options: ClusterOptions = { mirrors: true }) =>
      (await clusterDuplicates([item('a', { width: 200 }), item('b', { pdq: mirrored(bits), className })], options))
        .flatMap(({ copies }) => copies)
        .map(({ distanceBits, flipped: flag, outcome: reason }) => [distanceBits, flag, reason]);
    expect(await outcome(0, 'cat', {})).toEqual([]);
    expect(await outcome(31 + FLIP_SLACK_BITS, 'cat')).toEqual([[47, true, 'duplicate_near']]);
    expect(await outcome(48, 'cat')).toEqual([]);
    expect(await outcome(15 + FLIP_SLACK_BITS, 'dog')).toEqual([[31, true, 'duplicate_near']]);
    expect(await outcome(32, 'dog')).toEqual([]);
  });

  it('gives the last word every near pair at once, and says which are mirrored', async () => {
    const asked: (readonly [string, string, boolean])[] = [];
    const confirm: ConfirmNear = (pairs) => {
      asked.push(...[...pairs].map(({ kept, copy, flipped: flag }) => [kept.id, copy.id, flag] as const));
      return Promise.resolve(() => false);
    };
    const items = [item('a', { width: 300 }), item('b', { width: 200 }), item('c', { pdq: mirrored(3) })];
    expect(await clusterDuplicates(items, { mirrors: true, confirm })).toHaveLength(3);
    expect(asked.sort()).toEqual([
      ['a', 'b', false],
      ['a', 'c', true],
      ['b', 'c', true],
    ]);
  });
});

describe('clusterDuplicates with embeddings', () => {
  it('folds similar images of what the hashes kept, best first and without chains', async () => {
    const items = [0, 20, 40, 60].map((degrees, index) =>
      item(`${degrees}`, { embedding: at(degrees), pdq: far(index), width: 900 - index, className: `class ${index}` }),
    );
    const clusters = await clusterDuplicates([...items, item('none', { pdqQuality: 0, embedding: null })], {
      similarity: cosine(25),
    });
    expect(clusters.map(({ keptId, copies }) => [keptId, copies.map(({ id }) => id)])).toEqual([
      ['0', ['20']],
      ['40', ['60']],
      ['none', []],
    ]);
    expect(clusters[0]?.copies[0]).toMatchObject({ outcome: 'duplicate_similar', distanceBits: 128 });
    expect(clusters[0]?.copies[0]?.similarity).toBeCloseTo(cosine(20), 6);
    expect(clusters[0]?.conflicts).toEqual(['class 1']);
  });

  it('says through which image the copies of a similar one came', async () => {
    const items = [
      item('whole', { width: 300, embedding: at(0), pdq: far(0) }),
      item('crop', { width: 200, embedding: at(10), pdq: far(1) }),
      item('crop again', { width: 100, pdq: far(1), bytesSha: 'bytes-crop', pixelSha: 'pixels-crop' }),
      item('small crop', { width: 50, embedding: at(90), pdq: hashWith(60, 64) }),
    ];
    const confirm: ConfirmNear = () => Promise.resolve(({ kept }) => kept.id === 'crop');
    expect(await clusterDuplicates(items, { similarity: 0.9, confirm })).toMatchObject([
      {
        keptId: 'whole',
        copies: [
          { id: 'crop', outcome: 'duplicate_similar', distanceBits: 128 },
          { id: 'crop again', outcome: 'duplicate_bytes', distanceBits: 128 },
          { id: 'small crop', outcome: 'duplicate_near', distanceBits: 4, throughId: 'crop' },
        ],
      },
    ]);
  });

  it('asks about the pairs that a kept image might claim, and heeds the answers', async () => {
    const items = [0, 5, 10, 15].map((degrees, index) =>
      item(`${degrees}`, { embedding: at(degrees), pdq: far(index), width: 900 - index }),
    );
    const asked: string[][] = [];
    const clusters = await clusterDuplicates(items, {
      similarity: cosine(12),
      confirmSimilar: (pairs) => {
        asked.push(pairs.map(({ kept, copy }) => `${kept.id} ${copy.id}`));
        return Promise.resolve(pairs.map(({ copy }) => copy.id !== '10'));
      },
    });
    expect(clusters.map(({ keptId, copies }) => [keptId, copies.map(({ id }) => id)])).toEqual([
      ['0', ['5']],
      ['10', ['15']],
    ]);
    expect(asked).toEqual([['0 5', '0 10'], ['10 15']]);
  });

  it('keeps images without features, whose embeddings are all zero', async () => {
    const none = new Float32Array(3);
    const items = [none, at(0), none, at(10)].map((embedding, index) =>
      item(`${index}`, { embedding, pdq: far(index), width: 900 - index }),
    );
    const kept = async (list: readonly DuplicateItem[]): Promise<string[]> =>
      (await clusterDuplicates(list, { similarity: 0.9 })).map(({ keptId }) => keptId);
    expect(await kept(items)).toEqual(['0', '1', '2']);
    expect(await kept([0, 2].map((index) => items[index] as DuplicateItem))).toEqual(['0', '2']);
  });

  it('refuses embeddings that cannot be compared', async () => {
    const cluster = (...embeddings: Float32Array[]) =>
      clusterDuplicates(
        embeddings.map((embedding, index) => item(`${index}`, { embedding, pdqQuality: 0 })),
        { similarity: 0.9 },
      );
    await expect(cluster(at(0), Float32Array.of(1, 0))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(cluster(Float32Array.of(2, 0))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(cluster(Float32Array.of(Number.NaN, 0))).rejects.toMatchObject({ code: 'USAGE' });
  });
});

type Distance = (kept: DuplicateItem, copy: DuplicateItem) => number | null;

/** Keeps what is not near anything better, in the plainest way. */
function naiveStars(sorted: readonly DuplicateItem[], distance: Distance): Map<string, string> {
  const keptFor = new Map<string, string>();
  for (const [place, copy] of sorted.entries()) {
    let least = Infinity;
    for (const kept of sorted.slice(0, place).filter(({ id }) => !keptFor.has(id))) {
      const own = distance(kept, copy);
      if (own === null || own >= least) continue;
      least = own;
      keptFor.set(copy.id, kept.id);
    }
  }
  return keptFor;
}

function naive(items: readonly DuplicateItem[], { mirrors = false, similarity = 2 }: ClusterOptions) {
  const sorted = [...items].sort(compareRepresentatives);
  const near = naiveStars(sorted, (kept, copy) => {
    const limit = kept.className === copy.className ? 31 : 15;
    const plain = hammingDistance(kept.pdq, copy.pdq);
    const turned = hammingDistance(flipHash(kept.pdq), copy.pdq);
    if (plain <= limit) return plain;
    return mirrors && turned <= limit + FLIP_SLACK_BITS ? turned : null;
  });
  const left = sorted.filter(({ id }) => !near.has(id));
  const similar = naiveStars(left, (kept, copy) => {
    const [a, b] = [kept.embedding ?? [], copy.embedding ?? []];
    const cosine = [...a].reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
    return cosine >= similarity ? -cosine : null;
  });
  return new Map([...near, ...similar].map(([id, keptId]) => [id, similar.get(keptId) ?? keptId]));
}

function copiesOf(clusters: readonly DuplicateCluster[]): ReadonlyMap<string, string> {
  return new Map(clusters.flatMap(({ keptId, copies }) => copies.map(({ id }) => [id, keptId] as const)));
}

it('clusters as comparing every image with every other does', async () => {
  const worlds = fc
    .array(
      fc.record({
        className: fc.constantFrom('cat', 'dog'),
        start: fc.nat({ max: 120 }),
        isFlipped: fc.boolean(),
        degrees: fc.option(fc.nat({ max: 90 })),
        width: fc.constantFrom(64, 128),
        pdqQuality: fc.constantFrom(60, 80),
      }),
      { maxLength: 30, size: 'max' },
    )
    .map((rows) =>
      rows.map(({ start, isFlipped, degrees, ...row }, index) => {
        const pdq = isFlipped ? flipHash(hashWith(60, start)) : hashWith(60, start);
        return item(`${index}`, { ...row, pdq, embedding: degrees === null ? null : at(degrees) });
      }),
    );
  await fc.assert(
    fc.asyncProperty(worlds, fc.boolean(), fc.constantFrom(undefined, 0.95, 0.999), async (items, mirrors, limit) => {
      const options = { mirrors, ...(limit !== undefined && { similarity: limit }) };
      expect(copiesOf(await clusterDuplicates(items, options))).toEqual(naive(items, options));
    }),
    { seed: 5, numRuns: 100 },
  );
});

it('clusters a thousand near copies, many of them with equal hashes, as one, in threads, too', async () => {
  const items = Array.from({ length: 3000 }, (_, index) =>
    item(`${index}`, { width: 5000 - index, pdq: hashWith(index % 20, index % 3 === 0 ? 0 : 128) }),
  );
  const alone = await clusterDuplicates(items);
  expect(alone.map(({ keptId, copies }) => [keptId, copies.length])).toEqual([['0', 2999]]);
  expect(await clusterDuplicates(items, { workers: 2 })).toEqual(alone);
});
