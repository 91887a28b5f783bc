import { createHash } from 'node:crypto';
import type { RgbImage } from '@winnow/imaging';
import { findLookLeaks } from './find-look-leaks';

const SIDE = 32;

/** A small picture of waves drawn from its name; brightness, shift and mirror do not change what it shows. */
function picture(name: string, { shift = 0, mirrored = false, gain = 1 } = {}): RgbImage {
  const bytes = createHash('sha512').update(name).digest();
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      let value = 0;
      for (let wave = 0; wave < 16; wave += 1) {
        const [a, b, phase, strength] = [0, 1, 2, 3].map((at) => bytes[wave * 4 + at] as number);
        const across = (mirrored ? SIDE - 1 - x : x) + shift;
        const angle = (((a ?? 0) - 128) * across + ((b ?? 0) - 128) * y) / 160 + (phase ?? 0) / 40;
        value += ((strength ?? 0) / 16) * Math.sin(angle);
      }
      data.fill(Math.max(0, Math.min(255, 128 + gain * value)), (y * SIDE + x) * 3, (y * SIDE + x) * 3 + 3);
    }
  }
  return { width: SIDE, height: SIDE, data };
}

const flat: RgbImage = { width: SIDE, height: SIDE, data: new Uint8Array(SIDE * SIDE * 3).fill(7) };
const tests = new Map([
  ...Array.from({ length: 40 }, (_, index): [string, RgbImage] => [`cat/${index}.png`, picture(`test ${index}`)]),
  ['cat/flat.png', flat],
]);
const originals = new Map<string, RgbImage>([
  ['same', picture('test 3')],
  ['shifted', picture('test 7', { shift: 1, gain: 0.8 })],
  ['mirrored', picture('test 9', { mirrored: true })],
  ['other', picture('something else')],
  ['flat', flat],
]);

function search(mirrors: boolean, signal = new AbortController().signal) {
  const task = { update: () => undefined, end: () => undefined };
  return findLookLeaks({
    originals: [...originals.keys()],
    heldOut: [...tests.keys()],
    readOriginal: (sha256) => Promise.resolve(originals.get(sha256) as RgbImage),
    readHeldOut: (id) => Promise.resolve(tests.get(id) as RgbImage),
    mirrors,
    io: { progress: { start: () => task }, signal },
  });
}

describe('findLookLeaks', () => {
  it('finds copies that are shifted, lighter or mirrored, and names the test picture', async () => {
    const leaks = await search(true);
    const found = [...leaks.values()].map(({ sha256, heldOutId, mirrored }) => [sha256, heldOutId, mirrored]);
    expect(found).toEqual([
      ['same', 'cat/3.png', false],
      ['shifted', 'cat/7.png', false],
      ['mirrored', 'cat/9.png', true],
    ]);
    expect(leaks.get('same')?.fit).toBeCloseTo(1, 2);
  });

  it('leaves mirror images where they do not count', async () => {
    expect([...(await search(false)).keys()]).toEqual(['same', 'shifted']);
  });

  it('stops when asked to', async () => {
    await expect(search(true, AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
