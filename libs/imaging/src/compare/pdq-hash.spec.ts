import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage, encodeJpeg, lumaOf, pdqHash, resizeRgb } from '../index';
import type { RgbImage } from '../index';

const SHARED = join(__dirname, '../../../../../shared/data');
const LIMITS = { maxPixels: 1e8, minSide: 1, maxAspectRatio: 100 };

function bitsApart(a: string, b: string): number {
  let bits = 0;
  for (let at = 0; at < 64; at += 1) {
    const difference = Number.parseInt(a[at] ?? '0', 16) ^ Number.parseInt(b[at] ?? '0', 16);
    bits += [1, 2, 4, 8].filter((mask) => (difference & mask) !== 0).length;
  }
  return bits;
}

/** Overlapping rectangles: edges, as in photographs, reach all frequencies; the same image at every size. */
function scene(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  let state = 7;
  const draw = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  for (let rectangle = 0; rectangle < 60; rectangle += 1) {
    const [left, top, grey] = [draw() * width - width / 5, draw() * height - height / 5, Math.floor(draw() * 256)];
    const [right, bottom] = [left + (0.1 + 0.3 * draw()) * width, top + (0.1 + 0.3 * draw()) * height];
    for (let y = Math.max(0, Math.round(top)); y < Math.min(height, bottom); y += 1) {
      for (let x = Math.max(0, Math.round(left)); x < Math.min(width, right); x += 1) {
        data.set([grey, grey * 0.9, 255 - grey], (y * width + x) * 3);
      }
    }
  }
  return { width, height, data };
}

/** PDQ written down as its definition says, with every mean taken from scratch. */
function naivePdq(image: RgbImage): string {
  const { width, height } = image;
  let plane = Array.from(lumaOf(image));
  const box = (values: readonly number[], length: number, at: (line: number, index: number) => number): number[] => {
    const window = Math.ceil(length / 128);
    const right = Math.floor(window / 2);
    const left = window - 1 - right;
    const result = [...values];
    for (let line = 0; line < values.length / length; line += 1) {
      for (let index = 0; index < length; index += 1) {
        const indices = [];
        for (let near = index - left; near <= index + right; near += 1)
          if (near >= 0 && near < length) indices.push(near);
        result[at(line, index)] =
          indices.reduce((sum, near) => sum + (values[at(line, near)] ?? 0), 0) / indices.length;
      }
    }
    return result;
  };
  for (let pass = 0; pass < 2; pass += 1) {
    plane = box(plane, width, (line, index) => line * width + index);
    plane = box(plane, height, (line, index) => index * width + line);
  }
  const sample = (i: number, j: number): number =>
    plane[Math.floor(((i + 0.5) * height) / 64) * width + Math.floor(((j + 0.5) * width) / 64)] ?? 0;
  const samples = Array.from({ length: 64 * 64 }, (_, at) => sample(Math.floor(at / 64), at % 64));
  const basis = Array.from({ length: 17 * 64 }, (_, at) => {
    const frequency = Math.floor(at / 64);
    return Math.cos((Math.PI / 128) * frequency * (2 * (at % 64) + 1)) / Math.sqrt(32);
  });
  const coefficients: number[] = [];
  for (let row = 1; row <= 16; row += 1) {
    for (let column = 1; column <= 16; column += 1) {
      let sum = 0;
      samples.forEach((value, at) => {
        sum += (basis[row * 64 + Math.floor(at / 64)] ?? 0) * value * (basis[column * 64 + (at % 64)] ?? 0);
      });
      coefficients.push(sum);
    }
  }
  const median = [...coefficients].sort((a, b) => a - b)[127] ?? 0;
  const bits = coefficients
    .map((value) => (value > median ? '1' : '0'))
    .reverse()
    .join('');
  return (bits.match(/.{4}/g) ?? []).map((digit) => Number.parseInt(digit, 2).toString(16)).join('');
}

describe('pdqHash', () => {
  it.each([
    [130, 90],
    [64, 300],
    [31, 32],
  ])('equals the definition at %d x %d', (width, height) => {
    const image = scene(width, height);
    expect(pdqHash(image).hash).toBe(naivePdq(image));
  });

  it('sets half of the bits and has full quality for a structured image', () => {
    const { hash, quality } = pdqHash(scene(200, 150));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(bitsApart(hash, '0'.repeat(64))).toBe(128);
    expect(quality).toBeGreaterThan(50);
  });

  it('gives flat images quality 0 and the smallest ones no hash', () => {
    const flat: RgbImage = { width: 80, height: 80, data: new Uint8Array(80 * 80 * 3).fill(77) };
    expect(pdqHash(flat).quality).toBe(0);
    expect(pdqHash(scene(4, 100))).toEqual({ hash: '0'.repeat(64), quality: 0 });
  });

  it('stays near after resizing, re-encoding, greying and lightening', async () => {
    const image = scene(300, 200);
    const { hash } = pdqHash(image);
    const reopened = await decodeImage(await encodeJpeg(image, 40), LIMITS);
    if (!reopened.ok) throw new Error(reopened.detail);
    expect(bitsApart(hash, pdqHash(reopened.image).hash)).toBeLessThanOrEqual(10);
    expect(bitsApart(hash, pdqHash(await resizeRgb(image, 160, 'squash')).hash)).toBeLessThanOrEqual(16);
    const lighter = image.data.map((value) => 40 + value * 0.8);
    expect(bitsApart(hash, pdqHash({ ...image, data: lighter }).hash)).toBeLessThanOrEqual(10);
  });

  const itShared = existsSync(join(SHARED, 'pdq-images.tar')) ? it : it.skip;

  itShared('agrees with the published hashes (needs ../shared)', async () => {
    const lines = readFileSync(join(SHARED, 'pdq-vectors.csv'), 'utf8').trim().split('\n');
    const distances: Record<string, number> = {};
    for (const line of lines) {
      const [hash = '', quality = '', file = ''] = line.split(',');
      const bytes = execFileSync('tar', ['xOf', join(SHARED, 'pdq-images.tar'), file], { maxBuffer: 1e8 });
      const result = await decodeImage(bytes, LIMITS);
      if (!result.ok) throw new Error(`${file}: ${result.detail}`);
      const own = pdqHash(result.image);
      expect(own.quality).toBe(Number(quality));
      distances[file] = bitsApart(hash, own.hash);
    }
    // Equal where nothing is scaled; larger images differ by the resampling of the reference program.
    for (const file of ['shrink-a-lot', 'square-128x128', 'square-256x256', 'square-512x512']) {
      expect([file, distances[`bridge-mods/${file}.jpg`]]).toEqual([file, 0]);
    }
    expect(Object.keys(distances)).toHaveLength(12);
    expect(Math.max(...Object.values(distances))).toBeLessThanOrEqual(2);
  });

  it('reads what sharp drew', async () => {
    const { data, info } = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#0a141e' } })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const luma = lumaOf({ width: info.width, height: info.height, data });
    expect(luma).toHaveLength(48);
    // .299 * 10 + .587 * 20 + .114 * 30
    luma.forEach((value) => expect(value).toBeCloseTo(18.15, 4));
  });
});
