import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheDir, MARKER_NAME } from '@winnow/files/native';
import { SeededRandom } from '@winnow/random';
import { codecDir } from '../codec/codec-release';
import { jpegCodec } from '../codec/jpeg-codec';
import type { LumaTaps } from '../codec/jpeg-codec';
import { openRgb } from '../decode/sharp-engine';
import type { RgbImage } from '../rgb-image';
import { lumaFigures, lumaTaps } from './luma-figures';
import { measureImage } from './measure-image';
import { DCT_ROWS, pdqHash } from './pdq-hash';

const withCodec = existsSync(join(codecDir(defaultCacheDir(process.env)), MARKER_NAME)) ? describe : describe.skip;

/** Noise, waves, flat areas or black, as `random` has it. */
function drawn(width: number, height: number, random: SeededRandom): RgbImage {
  const [period, grain, light] = [1 + random.int(40), random.int(3) * random.int(60), random.int(200)];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) =>
    Math.min(255, light * (1 + Math.sin(at / period)) + (grain === 0 ? 0 : random.int(grain))),
  );
  return { width, height, data };
}

withCodec('PDQ and measures by the codec', () => {
  it('are those of JavaScript, to the last bit, whatever size the image is and shows', async () => {
    const random = new SeededRandom('luma figures');
    for (let round = 0; round < 400; round += 1) {
      const image = drawn(1 + random.int(260), 1 + random.int(260), random);
      const times = round % 3 === 0 ? 1 : 1 + random.int(500) / 100;
      const full = { width: Math.round(image.width * times), height: Math.round(image.height * times) };
      expect(await lumaFigures(image, full)).toEqual({ pdq: pdqHash(image, full), measures: measureImage(image) });
    }
  });

  it('read no more arguments than they take', async () => {
    const image = drawn(160, 160, new SeededRandom('many arguments'));
    const taps = lumaTaps(image, image);
    if (taps === null) throw new Error('it has a hash');
    const given = [image.data, image.width, ...taps, new Float64Array(516), true];
    const call = (await jpegCodec())?.lumaFigures as (...args: unknown[]) => Promise<number>;
    expect(await call(...given, ...Array<string>(400).fill('more'))).toBe(516 * 8);
  });

  it.each([
    ['taps outside of the line', { first: Int32Array.from({ length: 64 }, () => 8) }],
    ['no end of the taps', { starts: new Int32Array(64) }],
    ['too few weights', { weights: new Float64Array(63) }],
    ['no pixels', { rgb: new Uint8Array() }],
    ['half a row', { rgb: new Uint8Array(8 * 8 * 3 - 3) }],
    ['another place for the figures', { result: new Float64Array(515) }],
  ])('are refused with %s, and nothing is read', async (_, wrong) => {
    const taps = {
      first: new Int32Array(64),
      starts: Int32Array.from({ length: 65 }, (__, at) => at),
      weights: new Float64Array(64),
    };
    const given = { rgb: new Uint8Array(8 * 8 * 3), result: new Float64Array(516), ...taps, ...wrong };
    const { first, starts, weights } = given;
    const codec = await jpegCodec();
    expect(() =>
      codec?.lumaFigures(
        ...([given.rgb, 8, first, starts, weights] as const),
        ...([taps.first, taps.starts, taps.weights, DCT_ROWS, given.result, false] as const),
      ),
    ).toThrow('wrong arguments');
  });
});

withCodec('an analysis by the codec', () => {
  const size = { width: 64, height: 48 };
  const taps = lumaTaps(size, size) as LumaTaps;
  const sizes = Int32Array.of(1, 1, 64, 48, 0, 0, 64, 48, 0, 0);
  const call = async (change: Readonly<Record<string, unknown>> = {}, changedTaps: readonly unknown[] = taps) => {
    const given = {
      ...{
        file: await openRgb(drawn(64, 48, new SeededRandom('analysis')))
          .jpeg()
          .toBuffer(),
      },
      ...{ result: new Uint8Array(516 * 8 + 32), prefix: new Uint8Array(3) },
      ...{ shrink: Float64Array.of(1, 1), sizes, ...change },
    };
    const analyse = (await jpegCodec())?.analyse as (...args: unknown[]) => number;
    // No square is wanted.
    const square = [
      new Uint8Array(0),
      Float64Array.of(1, 1),
      Int32Array.of(1, 1, 64, 48, 0, 0, 64, 48, 0, 0),
      new Int32Array(1),
    ];
    const { file, result, prefix, shrink, sizes: numbers } = given;
    return analyse(file, result, prefix, shrink, numbers, ...changedTaps, ...square, false);
  };

  it('fills its result, with a descriptor where there is room', async () => {
    expect(await call()).toBe(516 * 8 + 32);
    expect(await call({ result: new Uint8Array(516 * 8 + 32 + 4864) })).toBe(516 * 8 + 32 + 4864);
  });

  it('leaves a file of another size, or without its end, to sharp', async () => {
    const other = drawn(65, 48, new SeededRandom('another size'));
    expect(
      await call({
        file: await openRgb({ ...other })
          .jpeg()
          .toBuffer(),
      }),
    ).toBe(516 * 8 + 32);
    const narrow = drawn(63, 48, new SeededRandom('another size'));
    expect(await call({ file: await openRgb(narrow).jpeg().toBuffer() })).toBe(0);
    const whole = await openRgb(narrow).jpeg().toBuffer();
    expect(await call({ file: whole.subarray(0, -9) })).toBe(0);
  });

  it.each([
    ['room for half a descriptor', { result: new Uint8Array(516 * 8 + 32 + 2432) }, taps],
    ['a file as its result', { sizes: sizes.with(8, 90) }, taps],
    ['no pixels', { sizes: sizes.with(6, 0) }, taps],
    ['an enlargement', { shrink: Float64Array.of(0.5, 1) }, taps],
    ['taps of a wider image', {}, lumaTaps({ width: 65, height: 48 }, { width: 65, height: 48 })],
    ['no DCT', {}, taps.with(6, new Float64Array(1))],
  ] as const)('is refused with %s, and nothing is read', async (_, change, wrongTaps) => {
    await expect(call(change, wrongTaps as readonly unknown[])).rejects.toThrow('wrong arguments');
  });
});
