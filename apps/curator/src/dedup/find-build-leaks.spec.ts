import type { StoredImage } from '@winnow/db';
import { flipHash } from '@winnow/dedup';
import { findBuildLeaks } from './find-build-leaks';
import type { LeakPair } from './find-build-leaks';

const FLAT = '0'.repeat(64);
const NEAR = `${'0'.repeat(63)}3`;

function original(sha256: string, changes: Partial<StoredImage> = {}): StoredImage {
  const facts = { sizeBytes: 1, mime: 'image/png', width: 300, height: 200, decodeOutcome: null, provenance: [] };
  return { sha256, pixelSha256: `pixels ${sha256}`, pdq: FLAT, measures: null, pdqQuality: 90, ...facts, ...changes };
}
const test = (id: string, changes: object = {}) => ({
  ...{ id, bytesSha: `bytes ${id}`, pixelSha: `test pixels ${id}`, pdq: FLAT, pdqQuality: 90, width: 300, height: 200 },
  ...changes,
});

/** What is found, and which pairs were to be compared. */
async function search(
  originals: readonly StoredImage[],
  heldOut: readonly ReturnType<typeof test>[],
  differences: Readonly<Record<string, number>> = {},
  mirrors = false,
) {
  const asked: LeakPair[] = [];
  const { leaks } = await findBuildLeaks(originals, {
    heldOut,
    confirmBelowPixels: 128,
    mirrors,
    differences(pairs) {
      asked.push(...pairs);
      const keys = pairs.map(({ sha256, heldOutId, flipped }) => `${sha256} ${heldOutId}${flipped ? ' mirrored' : ''}`);
      return Promise.resolve(keys.map((key) => differences[key] ?? 8.1));
    },
  });
  return { leaks: [...leaks.values()], asked: asked.map(({ sha256, heldOutId }) => `${sha256} ${heldOutId}`) };
}

describe('findBuildLeaks', () => {
  it('takes equal bytes, equal pixels and near hashes of large images as they are', async () => {
    const originals = [
      original('bytes t', { pdq: 'f'.repeat(64) }),
      original('b', { pixelSha256: 'test pixels t', pdq: 'f'.repeat(64) }),
      original('c', { pdq: NEAR }),
      original('d', { pdq: `${'f'.repeat(8)}${'0'.repeat(56)}` }),
      original('e', { pixelSha256: null, pdq: null, pdqQuality: null }),
    ];
    expect(await search(originals, [test('t')])).toEqual({
      leaks: [
        { id: 'bytes t', heldOutId: 't', distanceBits: 0 },
        { id: 'b', heldOutId: 't', distanceBits: 0 },
        { id: 'c', heldOutId: 't', distanceBits: 2 },
      ],
      asked: [],
    });
  });

  it('has near matches confirmed where either image is small, nearest first', async () => {
    const small = original('s', { width: 127, height: 500 });
    const heldOut = [test('near'), test('next', { pdq: NEAR }), test('tiny', { width: 20 })];
    expect(await search([small], heldOut)).toEqual({ leaks: [], asked: ['s near', 's tiny', 's next'] });
    expect((await search([small], heldOut, { 's next': 8 })).leaks).toEqual([
      { id: 's', heldOutId: 'next', distanceBits: 2 },
    ]);
    // 36 and 40 bits away: only where pixels decide, and not too far.
    const [far, farther] = [`${'f'.repeat(9)}${'0'.repeat(55)}`, `${'f'.repeat(10)}${'0'.repeat(54)}`];
    const tiny = [
      test('far', { width: 20, pdq: far }),
      test('farther', { width: 20, pdq: farther }),
      test('big', { pdq: far }),
    ];
    expect(await search([original('l')], tiny, { 'l far': 4, 'l farther': 0, 'l big': 0 })).toEqual({
      leaks: [{ id: 'l', heldOutId: 'far', distanceBits: 36 }],
      asked: ['l far'],
    });
    expect((await search([original('l')], tiny, { 'l far': 4.1 })).leaks).toEqual([]);
    const large = original('l');
    expect(await search([large], [test('tiny', { width: 20 })])).toEqual({ leaks: [], asked: ['l tiny'] });
    expect(await search([large], heldOut)).toEqual({
      leaks: [{ id: 'l', heldOutId: 'near', distanceBits: 0 }],
      asked: [],
    });
  });

  it('looks on where people say that a near one is no copy, and not where it is the same', async () => {
    const heldOut = [test('near'), test('next', { pdq: NEAR }), test('same', { bytesSha: 'b' })];
    const { leaks, refused } = await findBuildLeaks([original('a'), original('b')], {
      ...{ heldOut, confirmBelowPixels: 128, mirrors: false, differences: () => Promise.resolve([]) },
      isNoCopy: (_, heldOutId) => heldOutId !== 'next',
    });
    expect([...leaks.values()].map(({ id, heldOutId }) => [id, heldOutId])).toEqual([
      ['a', 'next'],
      ['b', 'same'],
    ]);
    expect(refused.map(({ sha256, heldOutId }) => [sha256, heldOutId])).toEqual([
      ['a', 'near'],
      ['a', 'same'],
    ]);
  });

  it('names what people refused only where it would be a leak by its pixels, too', async () => {
    const refusedOf = async (difference: number, isTold = true) => {
      const found = await findBuildLeaks([original('s', { width: 30 })], {
        ...{ heldOut: [test('t')], confirmBelowPixels: 128, mirrors: false, isNoCopy: () => isTold },
        differences: (pairs) => Promise.resolve(pairs.map(() => difference)),
      });
      return [[...found.leaks.keys()], found.refused.map(({ heldOutId }) => heldOutId)];
    };
    expect(await refusedOf(8)).toEqual([[], ['t']]);
    expect(await refusedOf(8.1)).toEqual([[], []]);
    expect(await refusedOf(8, false)).toEqual([['s'], []]);
  });

  it('finds mirror images where they count, small ones by their pixels', async () => {
    const turned = flipHash(NEAR);
    const originals = [original('a', { pdq: turned }), original('b', { pdq: turned, width: 40 })];
    expect((await search(originals, [test('t')])).leaks).toEqual([]);
    const large = { id: 'a', heldOutId: 't', distanceBits: 2, flipped: true };
    expect((await search(originals, [test('t')], {}, true)).leaks).toEqual([large]);
    const { leaks, asked } = await search(originals, [test('t')], { 'b t mirrored': 7.9 }, true);
    expect(asked).toEqual(['b t']);
    expect(leaks).toEqual([large, { ...large, id: 'b' }]);
  });
});
