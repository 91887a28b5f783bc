import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { IMAGE_FLAGS } from '@winnow/contracts';
import fc from 'fast-check';
import sharp from 'sharp';
import { analyseImage, measureImage, screenImage } from '../index';
import type { RgbImage, ScreenedImage } from '../index';

const SHARED = join(__dirname, '../../../../../shared/data');
const LIMITS = { maxPixels: 1e8, minSide: 1, maxAspectRatio: 1000 };
/** The defaults of `build.screens`. */
const THRESHOLDS = { blurry: 0.7, dark: 0.4, bright: 0.55, entropyBits: 0.5, aspect: 3, side: 32 };

function grey(width: number, values: readonly number[]): RgbImage {
  return {
    width,
    height: values.length / width,
    data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
  };
}

describe('measurePicture', () => {
  it('measures an image computed by hand', () => {
    // prettier-ignore
    const image = grey(4, [
      0,   0, 0, 0,
      0, 100, 0, 0,
      0,   0, 0, 255,
    ]);
    const measures = measureImage(image);
    // Ten zeros, one 100, one 255.
    expect([measures.lumaP1, measures.lumaP99]).toEqual([0, 1]);
    expect(measures.entropyBits).toBeCloseTo(-(10 / 12) * Math.log2(10 / 12) - (2 / 12) * Math.log2(1 / 12), 3);
    // Two pixels have four neighbours: Laplacians -400 and 100, squared gradients 0 and 50 * 50.
    expect(measures.edgeSharpness).toBeCloseTo(250 ** 2 / (2500 / 2 + 1), 2);
  });

  it('takes luma: blue is dark, green is light', () => {
    const colour = (red: number, green: number, blue: number) => {
      const data = Uint8Array.from({ length: 300 }, (_, at) => [red, green, blue][at % 3] ?? 0);
      return measureImage({ width: 10, height: 10, data });
    };
    expect(colour(0, 0, 255)).toEqual({ lumaP1: 0.1137, lumaP99: 0.1137, edgeSharpness: 0, entropyBits: 0 });
    expect(colour(0, 255, 0).lumaP1).toBeCloseTo(150 / 255, 3);
  });

  it('finds sharpness in any image, however small, and never NaN', () => {
    const picture = fc
      .record({ width: fc.integer({ min: 1, max: 6 }), height: fc.integer({ min: 1, max: 6 }), seed: fc.nat(255) })
      .map(({ width, height, seed }) =>
        grey(
          width,
          Array.from({ length: width * height }, (_, at) => (at * at * 31 + seed) % 256),
        ),
      );
    fc.assert(
      fc.property(picture, (image) => {
        const { lumaP1, lumaP99, edgeSharpness, entropyBits } = measureImage(image);
        expect(lumaP1).toBeLessThanOrEqual(lumaP99);
        expect(lumaP1).toBeGreaterThanOrEqual(0);
        expect(lumaP99).toBeLessThanOrEqual(1);
        expect(edgeSharpness).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(edgeSharpness)).toBe(true);
        expect(entropyBits).toBeLessThanOrEqual(8);
      }),
      { seed: 6 },
    );
  });

  it('calls an image as sharp at half of its contrast, and less so when it is blurred', async () => {
    const noise = await sharp({
      create: {
        width: 120,
        height: 90,
        channels: 3,
        background: '#000',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .raw()
      .toBuffer();
    const image = { width: 120, height: 90, data: new Uint8Array(noise) };
    const { edgeSharpness } = measureImage(image);
    const faint = measureImage({ ...image, data: image.data.map((value) => 64 + value / 2) });
    expect(faint.edgeSharpness / edgeSharpness).toBeCloseTo(1, 1);
    const raw = { width: 120, height: 90, channels: 3 } as const;
    const blurred = new Uint8Array(await sharp(image.data, { raw }).blur(2).raw().toBuffer());
    expect(measureImage({ ...image, data: blurred }).edgeSharpness).toBeLessThan(0.2 * edgeSharpness);
  });
});

describe('screenPicture', () => {
  const fine: ScreenedImage = {
    measures: { lumaP1: 0.1, lumaP99: 0.9, edgeSharpness: 3, entropyBits: 7 },
    ...{ pdqQuality: 100, width: 300, height: 200 },
  };
  const flags = (changes: Partial<ScreenedImage>, measures: Partial<ScreenedImage['measures']> = {}) =>
    screenImage({ ...fine, ...changes, measures: { ...fine.measures, ...measures } }, THRESHOLDS);

  it('flags nothing on the thresholds, and each flag beyond its own', () => {
    expect(flags({})).toEqual([]);
    const onThem = { edgeSharpness: 0.7, lumaP99: 0.4, lumaP1: 0.55, entropyBits: 0.5 };
    expect(flags({ pdqQuality: 50, width: 96, height: 32 }, onThem)).toEqual([]);
    expect(flags({ pdqQuality: 49 })).toEqual(['low_information']);
    expect(flags({}, { entropyBits: 0.49 })).toEqual(['low_information']);
    expect(flags({}, { edgeSharpness: 0.69 })).toEqual(['blurry']);
    expect(flags({}, { lumaP99: 0.39 })).toEqual(['dark']);
    expect(flags({}, { lumaP1: 0.56 })).toEqual(['bright']);
    expect(flags({ width: 97, height: 32 })).toEqual(['odd_aspect']);
    expect(flags({ width: 32, height: 97 })).toEqual(['odd_aspect']);
    expect(flags({ width: 31, height: 60 })).toEqual(['small']);
  });

  it('gives flags in the order of PICTURE_FLAGS, and never placeholder', () => {
    const all = flags({ pdqQuality: 0, width: 10, height: 90 }, { edgeSharpness: 0, lumaP99: 0.1, lumaP1: 0.6 });
    expect(all).toEqual(IMAGE_FLAGS.filter((flag) => flag !== 'placeholder'));
  });

  const itShared = existsSync(join(SHARED, 'flowers.tar')) ? it : it.skip;

  itShared('spares photographs and finds those that were spoilt (needs ../shared)', async () => {
    const tar = join(SHARED, 'flowers.tar');
    const names = execFileSync('tar', ['tf', tar], { encoding: 'utf8' }).split('\n');
    const some = names.filter((name) => name.endsWith('.jpg')).filter((_, index) => index % 20 === 0);
    const found = { none: 0, blurry: 0, dark: 0, bright: 0, low_information: 0 };
    const screen = async (bytes: Uint8Array) => {
      const analysis = await analyseImage(bytes, LIMITS);
      if (!analysis.ok) throw new Error(analysis.detail);
      return screenImage(analysis, THRESHOLDS);
    };
    for (const name of some) {
      const bytes = execFileSync('tar', ['xOf', tar, name], { maxBuffer: 1e8 });
      const picture = sharp(bytes);
      if ((await screen(bytes)).length === 0) found.none += 1;
      if ((await screen(await picture.clone().blur(3).jpeg().toBuffer())).includes('blurry')) found.blurry += 1;
      if ((await screen(await picture.clone().linear(0.3, 0).jpeg().toBuffer())).includes('dark')) found.dark += 1;
      if ((await screen(await picture.clone().linear(0.3, 178).jpeg().toBuffer())).includes('bright'))
        found.bright += 1;
      const pale = await picture.clone().linear(0.03, 128).jpeg().toBuffer();
      if ((await screen(pale)).includes('low_information')) found.low_information += 1;
    }
    expect(some).toHaveLength(30);
    for (const count of Object.values(found)) expect(count).toBeGreaterThanOrEqual(28);
  });
});
