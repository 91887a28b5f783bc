import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { decodeImage, inspectImage, sniffFormat } from '../index';
import type { ImageLimits, RgbImage } from '../index';

const LIMITS: ImageLimits = { maxPixels: 1_000_000, minSide: 16, maxAspectRatio: 5 };
const WIDTH = 120;
const HEIGHT = 80;

/** A smooth image with a little grain, so that every format has something to store. */
function photo(width = WIDTH, height = HEIGHT): Sharp {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y, band] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3];
    return 128 + 70 * Math.sin(x / 20 + band) + 40 * Math.cos(y / 15) + ((at * 7919) % 11);
  });
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function flat(red: number, green: number, blue: number): Sharp {
  return sharp({ create: { width: 40, height: 30, channels: 3, background: { r: red, g: green, b: blue } } });
}

async function decoded(bytes: Uint8Array): Promise<RgbImage> {
  const result = await decodeImage(bytes, LIMITS);
  if (!result.ok) throw new Error(`${result.outcome}: ${result.detail}`);
  return result.image;
}

const pixel = (image: RgbImage, x: number, y: number): number[] => [
  ...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3),
];

const expectNear = (actual: readonly number[], expected: readonly number[], within: number): void => {
  actual.forEach((value, index) => expect(Math.abs(value - (expected[index] ?? 0))).toBeLessThanOrEqual(within));
};

/** The checksum of PNG chunks, bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * 0xedb8_8320);
  }
  return ~crc >>> 0;
}

const FORMATS = {
  jpeg: () => photo().jpeg().toBuffer(),
  'jpeg progressive': () => photo().jpeg({ progressive: true }).toBuffer(),
  png: () => photo().png().toBuffer(),
  'png interlaced': () => photo().png({ progressive: true }).toBuffer(),
  webp: () => photo().webp().toBuffer(),
  'webp lossless': () => photo().webp({ lossless: true }).toBuffer(),
  avif: () => photo().avif({ effort: 0 }).toBuffer(),
  gif: () => photo().gif().toBuffer(),
  tiff: () => photo().tiff({ compression: 'lzw' }).toBuffer(),
} as const;

describe.each(Object.entries(FORMATS))('a %s file', (name, make) => {
  const format = name.split(' ')[0] ?? '';

  it('is known by its bytes, inspected and decoded', async () => {
    const bytes = await make();
    expect(sniffFormat(bytes)).toBe(format);
    expect(await inspectImage(bytes, LIMITS)).toEqual({
      ok: true,
      format,
      mime: `image/${format}`,
      width: WIDTH,
      height: HEIGHT,
    });
    const image = await decoded(bytes);
    expect([image.width, image.height, image.data.length]).toEqual([WIDTH, HEIGHT, WIDTH * HEIGHT * 3]);
    const source = await photo().raw().toBuffer();
    let difference = 0;
    image.data.forEach((value, at) => (difference += Math.abs(value - (source[at] ?? 0))));
    expect(difference / source.length).toBeLessThan(12);
  });

  it.each([0.3, 0.6, 0.95])('is called truncated when cut at %d of its length', async (fraction) => {
    const bytes = await make();
    const result = await decodeImage(bytes.subarray(0, Math.floor(bytes.length * fraction)), LIMITS);
    expect(result).toMatchObject({ ok: false, outcome: 'truncated' });
  });

  it('may be followed by other bytes', async () => {
    const bytes = Buffer.concat([await make(), Buffer.from('\r\n<!-- served by a proxy -->')]);
    expect((await decodeImage(bytes, LIMITS)).ok).toBe(true);
  });

  it('gives the same pixels twice', async () => {
    const bytes = await make();
    expect(await decoded(bytes)).toEqual(await decoded(bytes));
  });
});

describe('decodeImage', () => {
  it('turns images upright by their EXIF orientation', async () => {
    // Red on the left; orientation 6 means: turn clockwise to view, so red comes on top.
    const left = await flat(255, 0, 0).png().toBuffer();
    const wide = await sharp({ create: { width: 80, height: 30, channels: 3, background: '#0000ff' } })
      .composite([{ input: left, left: 0, top: 0 }])
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    expect(await inspectImage(wide, LIMITS)).toMatchObject({ ok: true, width: 30, height: 80 });
    const image = await decoded(wide);
    expect([image.width, image.height]).toEqual([30, 80]);
    expectNear(pixel(image, 15, 5), [255, 0, 0], 4);
    expectNear(pixel(image, 15, 75), [0, 0, 255], 4);
  });

  it('flattens alpha on white, also of grey images', async () => {
    const half = sharp({
      create: { width: 40, height: 30, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
    });
    expectNear(pixel(await decoded(await half.png().toBuffer()), 3, 3), [227, 127, 127], 1);
    const grey = await half.toColourspace('b-w').png().toBuffer();
    const [red, green, blue] = pixel(await decoded(grey), 3, 3);
    expect([green, blue]).toEqual([red, red]);
  });

  it('brings 16 bits, grey, CMYK and wide gamuts to 8-bit sRGB', async () => {
    const deep = await flat(128, 64, 200).toColourspace('rgb16').png().toBuffer();
    expectNear(pixel(await decoded(deep), 3, 3), [128, 64, 200], 1);
    const grey16 = await flat(90, 90, 90).toColourspace('grey16').png().toBuffer();
    expectNear(pixel(await decoded(grey16), 3, 3), [90, 90, 90], 1);
    const cmyk = await flat(200, 64, 50).withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    expectNear(pixel(await decoded(cmyk), 3, 3), [200, 64, 50], 30);
    const wideGamut = await flat(200, 64, 50).withIccProfile('p3').png().toBuffer();
    expectNear(pixel(await decoded(wideGamut), 3, 3), [200, 64, 50], 2);
  });

  it('takes the first frame of animations', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#00ff00'].map((background) =>
        sharp({ create: { width: 40, height: 30, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const animation = sharp(frames, { join: { animated: true } });
    for (const bytes of [
      await animation.clone().gif().toBuffer(),
      await animation.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      const image = await decoded(bytes);
      expect([image.width, image.height]).toEqual([40, 30]);
      expectNear(pixel(image, 3, 3), [255, 0, 0], 2);
    }
  });

  it('refuses what is no image, with the reason', async () => {
    const refusal = async (bytes: Uint8Array | string): Promise<unknown> => {
      const result = await decodeImage(Buffer.from(bytes), LIMITS);
      return result.ok ? 'decoded' : result.outcome;
    };
    expect(await refusal('')).toBe('empty_body');
    expect(await refusal('  <!DOCTYPE html><title>Log in</title>')).toBe('not_an_image');
    expect(await refusal('\ufeff<!-- cache --><HTML><svg></svg></HTML>')).toBe('not_an_image');
    expect(await refusal('{"error":"gone"}')).toBe('not_an_image');
    expect(await refusal('<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>')).toBe(
      'format_refused',
    );
    expect(await refusal('<!DOCTYPE svg PUBLIC "x" "file:///etc/passwd"><svg/>')).toBe('format_refused');
    expect(await refusal(Buffer.from('\ufeff<svg/>', 'utf16le'))).toBe('format_refused');
    const bitmap = Buffer.alloc(60);
    bitmap.write('BM');
    bitmap[14] = 40;
    expect(await refusal(bitmap)).toBe('decode_error');
    bitmap[14] = 16;
    expect(await refusal(bitmap)).toBe('format_refused');
    expect(await refusal(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'))).toBe('format_refused');
    // A JPEG that ends where its frame should start.
    const broken = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xd9]);
    expect(await refusal(broken)).toBe('decode_error');
  });

  it('refuses by size before decoding', async () => {
    const outcome = async (width: number, height: number): Promise<string> => {
      const bytes = await sharp({ create: { width, height, channels: 3, background: '#334455' } })
        .png()
        .toBuffer();
      const result = await decodeImage(bytes, LIMITS);
      return result.ok ? 'decoded' : result.outcome;
    };
    expect(await outcome(16, 16)).toBe('decoded');
    expect(await outcome(15, 40)).toBe('too_small');
    expect(await outcome(200, 20)).toBe('too_small');
    expect(await outcome(100, 20)).toBe('decoded');
    expect(await outcome(1000, 1000)).toBe('decoded');
    expect(await outcome(1001, 1000)).toBe('too_many_pixels');
  });

  it('refuses a small file of 50000 x 50000 pixels by its header', async () => {
    const bomb = await flat(1, 2, 3).png().toBuffer();
    bomb.writeUInt32BE(50_000, 16);
    bomb.writeUInt32BE(50_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    expect(await inspectImage(bomb, LIMITS)).toMatchObject({ ok: false, outcome: 'too_many_pixels' });
    expect(await decodeImage(bomb, LIMITS)).toMatchObject({ ok: false, outcome: 'too_many_pixels' });
  });

  it('never throws on hostile bytes', async () => {
    const bytes = await photo(40, 30).jpeg().toBuffer();
    for (let at = 0; at < bytes.length; at += 13) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      expect(typeof (await decodeImage(damaged, LIMITS)).ok).toBe('boolean');
    }
  });
});
