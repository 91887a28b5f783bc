import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheDir, MARKER_NAME } from '@winnow/files/native';
import fc from 'fast-check';
import { codecDir } from '../codec/codec-release';
import { jpegCodec, useJpegCodec } from '../codec/jpeg-codec';
import { lookUpBytes, resampleFast } from './fast-pixels';
import { resampleRegion } from './resample-region';

const hasCodec = existsSync(join(codecDir(defaultCacheDir(process.env)), MARKER_NAME));
afterEach(() => useJpegCodec(true));

describe.each([...(hasCodec ? [true] : []), false])('with the add-on: %s', (isOn) => {
  beforeEach(() => useJpegCodec(isOn));

  it('resamples to the bytes of resampleRegion, where it is told to', async () => {
    const side = fc.integer({ min: 1, max: 40 });
    const border = fc.nat(3);
    await fc.assert(
      fc.asyncProperty(
        ...[side, side, side, fc.tuple(border, border, border, border), fc.infiniteStream(fc.nat(255))],
        async (width, height, size, [left, right, top, bottom], values) => {
          const [across, down] = [left + width + right, top + height + bottom];
          const data = Uint8Array.from({ length: across * down * 3 }, () => values.next().value as number);
          const image = { width: across, height: down, data };
          const region = { left, top, width, height };
          const expected = resampleRegion(image, region, size);
          expect(await resampleFast(image, region, { size })).toEqual(expected);
          const shared = new Uint8Array(new SharedArrayBuffer(size * size * 3 + 6)).subarray(3, -3);
          expect(await resampleFast(image, region, { size, into: shared })).toBe(shared);
          expect(Buffer.from(shared).equals(expected)).toBe(true);
          expect([...new Uint8Array(shared.buffer, 0, 3), ...new Uint8Array(shared.buffer).subarray(-3)]).toEqual(
            new Array(6).fill(0),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('looks bytes up by their channel', async () => {
    const tables = Float32Array.from({ length: 768 }, (_, at) => Math.fround(at / 7));
    const pixels = Uint8Array.from({ length: 300 }, (_, at) => (at * 41) % 256);
    const into = new Float32Array(300);
    await lookUpBytes(pixels, tables, into);
    expect(into).toEqual(Float32Array.from(pixels, (value, at) => tables[(at % 3) * 256 + value] as number));
  });
});

(hasCodec ? describe : describe.skip)('the add-on', () => {
  it('refuses what does not fit together, and writes nothing', async () => {
    const addOn = await jpegCodec();
    const [rgb, result] = [new Uint8Array(5 * 4 * 3), new Uint8Array(2 * 2 * 3)];
    const [first, starts, weights] = [Int32Array.of(0, 1), Int32Array.of(0, 1, 2), Int32Array.of(16384, 16384)];
    const taps = [first, starts, weights, first, starts, weights];
    const resample = (region: readonly number[], into = result, given = taps) =>
      addOn?.resample(rgb, into, Int32Array.from(region), ...given);
    expect(resample([5, 0, 0, 2, 2, 2])).toBe(12);
    for (const region of [
      ...[
        [5, 4, 0, 2, 2, 2],
        [5, 0, 3, 2, 2, 2],
        [5, -1, 0, 2, 2, 2],
        [5, 0, 0, 0, 2, 2],
        [5, 0, 0, 2, 2, 3],
      ],
      ...[
        [7, 0, 0, 2, 2, 2],
        [0, 0, 0, 2, 2, 2],
        [5, 2 ** 31 - 1, 0, 2, 2, 2],
        [5, 0, 0, 1, 2, 2],
        [5, 0, 0, 2, 2],
      ],
    ]) {
      expect(() => resample(region)).toThrow('wrong arguments');
    }
    expect(() => resample([5, 0, 0, 2, 2, 2], new Uint8Array(11))).toThrow('wrong arguments');
    expect(() => resample([5, 0, 0, 2, 2, 2], result, taps.slice(1))).toThrow('wrong arguments');
    const [tables, floats] = [new Float32Array(768), new Float32Array(60)];
    expect(addOn?.lookUp(rgb, tables, floats)).toBe(60);
    for (const wrong of [
      [rgb, tables, new Float32Array(59)],
      [rgb, new Float32Array(767), floats],
      [rgb.subarray(1), tables, floats.subarray(1)],
    ] as const) {
      expect(() => addOn?.lookUp(...wrong)).toThrow('wrong arguments');
    }
  });
});
