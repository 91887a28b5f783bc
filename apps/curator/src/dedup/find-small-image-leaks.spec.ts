import { createHash } from 'node:crypto';
import { describeImage } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findSmallImageLeaks } from './find-small-image-leaks';
import type { SmallImageLeak } from './find-small-image-leaks';
import { knownSmallImageLeaks } from './small-image-leak-cache';

const SIDE = 32;

/** A small image of waves drawn from its name; brightness, shift and mirror do not change what it shows. */
function image(name: string, { shift = 0, flipped = false, gain = 1 } = {}): RgbImage {
  const bytes = createHash('sha512').update(name).digest();
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      let value = 0;
      for (let wave = 0; wave < 16; wave += 1) {
        const [a, b, phase, strength] = [0, 1, 2, 3].map((at) => bytes[wave * 4 + at] as number);
        const across = (flipped ? SIDE - 1 - x : x) + shift;
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
  ...Array.from({ length: 40 }, (_, index): [string, RgbImage] => [`cat/${index}.png`, image(`test ${index}`)]),
  ['cat/flat.png', flat],
]);
const originals = new Map<string, RgbImage>([
  ['same', image('test 3')],
  ['shifted', image('test 7', { shift: 1, gain: 0.8 })],
  ['mirrored', image('test 9', { flipped: true })],
  ['other', image('something else')],
  ['flat', flat],
]);

function request(mirrors: boolean, signal = new AbortController().signal) {
  const task = { update: () => undefined, end: () => undefined };
  return {
    originals: [...originals.keys()],
    heldOut: [...tests.keys()],
    readOriginal: (sha256: string) => Promise.resolve(originals.get(sha256) as RgbImage),
    readHeldOut: (id: string) => Promise.resolve(tests.get(id) as RgbImage),
    stored: () => Promise.resolve(new Map()),
    mirrors,
    io: { progress: { start: () => task }, signal },
  };
}

function search(mirrors: boolean, signal?: AbortSignal) {
  return findSmallImageLeaks(request(mirrors, signal));
}

describe('findSmallImageLeaks', () => {
  it('finds copies that are shifted, lighter or mirrored, and names the test image', async () => {
    const leaks = await search(true);
    const found = [...leaks.values()].map(({ sha256, heldOutId, flipped }) => [sha256, heldOutId, flipped]);
    expect(found).toEqual([
      ['same', 'cat/3.png', false],
      ['shifted', 'cat/7.png', false],
      ['mirrored', 'cat/9.png', true],
    ]);
    expect(leaks.get('same')?.fit).toBeCloseTo(1, 2);
  });

  it('decodes only what may be a copy where descriptors are stored, and finds the same', async () => {
    const decoded: string[] = [];
    const leaks = await findSmallImageLeaks({
      ...request(true),
      stored: (digests) =>
        Promise.resolve(
          new Map(
            digests
              .filter((sha256) => sha256 !== 'shifted')
              .map((sha256) => [sha256, describeImage(originals.get(sha256) as RgbImage)]),
          ),
        ),
      readOriginal(sha256) {
        decoded.push(sha256);
        return Promise.resolve(originals.get(sha256) as RgbImage);
      },
    });
    expect(leaks).toEqual(await search(true));
    expect(decoded.sort()).toEqual(['mirrored', 'same', 'shifted']);
  });

  it('leaves mirror images where they do not count', async () => {
    expect([...(await search(false)).keys()]).toEqual(['same', 'shifted']);
  });

  it('stops when asked to', async () => {
    await expect(search(true, AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('findSmallImageLeaks where test images are alike', () => {
  it('is not confused by copies within the test set', async () => {
    const copies = Array.from({ length: 5 }, (_, index): [string, RgbImage] => [`copy/${index}.png`, image('test 3')]);
    const all = new Map([...tests, ...copies]);
    const asked = request(true);
    const leaks = await findSmallImageLeaks({
      ...asked,
      heldOut: [...all.keys()],
      readHeldOut: (id) => Promise.resolve(all.get(id) as RgbImage),
    });
    expect([...leaks.keys()]).toEqual(['same', 'shifted', 'mirrored']);
  });

  it('takes none where many are as near', async () => {
    const alike = new Map(
      Array.from({ length: 8 }, (_, index): [string, RgbImage] => [`x/${index}`, blend('test 3', `other ${index}`)]),
    );
    const leaks = await findSmallImageLeaks({
      ...request(true),
      originals: ['blend'],
      readOriginal: () => Promise.resolve(blend('test 3', 'one more')),
      heldOut: [...alike.keys()],
      readHeldOut: (id) => Promise.resolve(alike.get(id) as RgbImage),
    });
    expect([...leaks.keys()]).toEqual([]);
  });
});

/** Mostly the first, so that all blends of it have one layout and part of their detail in common. */
function blend(first: string, second: string): RgbImage {
  const [a, b] = [image(first), image(second)];
  return { ...a, data: a.data.map((value, index) => 0.62 * value + 0.38 * (b.data[index] as number)) };
}

describe('knownSmallImageLeaks', () => {
  it('looks at each original once', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'winnow-looks-'));
    const file = path.join(folder, 'held-out', 'looks.json');
    const read: string[] = [];
    const asked = request(true);
    const counting = {
      ...asked,
      readOriginal: (sha256: string) => {
        read.push(sha256);
        return asked.readOriginal(sha256);
      },
    };
    try {
      const { leaks: first } = await knownSmallImageLeaks(file, { ...counting, originals: ['same', 'other'] });
      const { leaks: second } = await knownSmallImageLeaks(file, counting);
      expect([...first.keys(), ...second.keys()]).toEqual(['same', 'same', 'shifted', 'mirrored']);
      expect(second).toEqual(await findSmallImageLeaks(asked));
      // The file's own name for it, which data sets' identities follow from.
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
        mirrored: { mirrored: true },
        same: { mirrored: false },
      });
      expect([...second.values()].map(({ flipped }) => flipped)).toEqual([false, false, true]);
      expect(read).toEqual([...originals.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('looks again, at other test images, where people say that what was found is no copy', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'winnow-looks-'));
    const file = path.join(folder, 'looks.json');
    const asked = request(true);
    const all = new Map([...tests, ['copy/3.png', image('test 3', { gain: 0.9 })]]);
    const search = {
      ...asked,
      heldOut: [...all.keys()],
      readHeldOut: (id: string) => Promise.resolve(all.get(id) as RgbImage),
    };
    const saying = async (...told: readonly string[]) => {
      const isNoCopy = (sha256: string, heldOutId: string) => told.includes(`${sha256} ${heldOutId}`);
      const { leaks, refused } = await knownSmallImageLeaks(file, { ...search, isNoCopy });
      const namesOf = (found: Iterable<Pick<SmallImageLeak, 'sha256' | 'heldOutId'>>) =>
        [...found].map(({ sha256, heldOutId }) => `${sha256} ${heldOutId}`).sort();
      expect(namesOf(refused)).toEqual(told.filter((one) => one !== 'same cat/4.png'));
      return namesOf(leaks.values());
    };
    try {
      const before = await saying();
      expect(before).toEqual(['mirrored cat/9.png', 'same cat/3.png', 'shifted cat/7.png']);
      const stored = readFileSync(file, 'utf8');
      expect(await saying('same cat/3.png', 'shifted cat/7.png')).toEqual(['mirrored cat/9.png', 'same copy/3.png']);
      expect(await saying('same cat/3.png', 'same copy/3.png')).toEqual(['mirrored cat/9.png', 'shifted cat/7.png']);
      expect(await saying('same cat/4.png')).toEqual(before);
      expect(readFileSync(file, 'utf8')).toBe(stored);
      expect(await saying()).toEqual(before);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const order = ['same', 'other', 'shifted', 'mirrored', 'flat'];
