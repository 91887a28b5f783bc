import { encodeJpeg, encodePng, encodeWebp } from '@winnow/imaging';
import type { ImageRegion, RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import sharp from 'sharp';
import type { OverlayOptions, Sharp } from 'sharp';

/** What is done to an image before it appears again. */
export interface Edit {
  readonly name: string;
  readonly extension: 'jpg' | 'png' | 'webp';
  /** @returns the edited image; null where the edit would change nothing. @param random of this image and edit */
  apply(image: RgbImage, random: SeededRandom): Promise<RgbImage | null>;
  encode(image: RgbImage): Promise<Uint8Array>;
}

/** Quality of edited images where quality is not the edit. */
const QUALITY = 90;
const BLACK = { r: 0, g: 0, b: 0 };
const WHITE = { r: 255, g: 255, b: 255 };
/** Of BT.601; sharp's own greyscale leaves one band. */
const LUMA: [number, number, number] = [0.299, 0.587, 0.114];
const GREY = { r: 128, g: 128, b: 128 };

/** All edits; captions, borders and watermarks look alike on every image, so that they draw different ones together. */
export const EDITS: readonly Edit[] = [
  ...[0.5, 0.25].map((factor) =>
    drawn(`resize ${factor * 100}%`, (image) =>
      pixels(image).resize(atLeastOne(image.width * factor), atLeastOne(image.height * factor), { fit: 'fill' }),
    ),
  ),
  ...[90, 60, 30].map((quality) => encoded(`JPEG q${quality}`, 'jpg', (image) => encodeJpeg(image, quality, '4:2:0'))),
  encoded('PNG', 'png', encodePng),
  encoded('WebP q60', 'webp', (image) => encodeWebp(image, 60)),
  ...[0.02, 0.05, 0.1, 0.2].map((fraction) =>
    drawn(`crop ${fraction * 100}%`, (image, random) => pixels(image).extract(cropOf(image, fraction, random))),
  ),
  ...[1, 3, 5].map((degrees) =>
    drawn(`rotate ${degrees}`, (image, random) => rotate(image, random.int(2) === 0 ? degrees : -degrees)),
  ),
  drawn('mirror', (image) => pixels(image).flop()),
  drawn('brighter', (image) => pixels(image).linear(1.3, 0)),
  drawn('darker', (image) => pixels(image).linear(0.7, 0)),
  // sharp raises to the power of the first, then of one by the second.
  drawn('gamma 0.67', (image) => pixels(image).gamma(1, 1.5)),
  drawn('gamma 1.5', (image) => pixels(image).gamma(1.5, 1)),
  drawn('grey', (image) => pixels(image).recomb([LUMA, LUMA, LUMA])),
  drawn('border 5%', (image) => {
    const [x, y] = [atLeastOne(image.width * 0.05), atLeastOne(image.height * 0.05)];
    return pixels(image).extend({ left: x, right: x, top: y, bottom: y, background: BLACK });
  }),
  drawn('caption', caption),
  drawn('watermark', watermark),
  drawn('letterbox 20%', (image) => {
    const bar = atLeastOne(image.height * 0.1);
    return pixels(image).extend({ top: bar, bottom: bar, background: BLACK });
  }),
  drawn('pad to square', padToSquare),
];

/** One region of an image. */
export function cut(image: RgbImage, region: ImageRegion): Promise<RgbImage> {
  return toRgb(pixels(image).extract(region));
}

type Drawing = (image: RgbImage, random: SeededRandom) => Sharp | null | Promise<Sharp | null>;

function drawn(name: string, draw: Drawing): Edit {
  return {
    name,
    extension: 'jpg',
    async apply(image, random) {
      const edited = await draw(image, random);
      return edited && toRgb(edited);
    },
    encode: (image) => encodeJpeg(image, QUALITY),
  };
}

function encoded(name: string, extension: Edit['extension'], encode: Edit['encode']): Edit {
  return { name, extension, apply: async (image) => image, encode };
}

function pixels({ width, height, data }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function toRgb(edited: Sharp): Promise<RgbImage> {
  const { data, info } = await edited.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function atLeastOne(value: number): number {
  return Math.max(1, Math.round(value));
}

/** Keeps 1 - fraction of width and height, anywhere in the image. */
function cropOf(image: RgbImage, fraction: number, random: SeededRandom): ImageRegion {
  const width = atLeastOne(image.width * (1 - fraction));
  const height = atLeastOne(image.height * (1 - fraction));
  return { left: random.int(image.width - width + 1), top: random.int(image.height - height + 1), width, height };
}

/** About its middle, same size, black where nothing was. */
async function rotate(image: RgbImage, degrees: number): Promise<Sharp> {
  const whole = await toRgb(pixels(image).rotate(degrees, { background: BLACK }));
  const left = Math.floor((whole.width - image.width) / 2);
  const top = Math.floor((whole.height - image.height) / 2);
  return pixels(whole).extract({ left, top, width: image.width, height: image.height });
}

/** A white bar below, 15 % of the height, with two lines of dark blocks as words are long. */
async function caption(image: RgbImage): Promise<Sharp> {
  const bar = Math.max(4, Math.round(image.height * 0.15));
  const unit = bar / 8;
  const random = new SeededRandom('caption');
  const blocks: OverlayOptions[] = [];
  for (const line of [1.5, 4.75]) {
    for (let x = 2 * unit; x < image.width * 0.9;) {
      const width = unit * (2 + random.int(8));
      const top = Math.round(image.height + line * unit);
      const size = { width: Math.min(width, image.width - x), height: 1.75 * unit };
      blocks.push({ ...block(size, { ...BLACK, alpha: 0.9 }), left: Math.round(x), top });
      x += width + unit * 1.25;
    }
  }
  return pixels(await toRgb(pixels(image).extend({ bottom: bar, background: WHITE }))).composite(blocks);
}

/** Faint stripes everywhere, and a brighter block where sites put their names. */
function watermark(image: RgbImage): Sharp {
  const { width, height } = image;
  const period = Math.max(4, Math.round(Math.min(width, height) / 4));
  const stripes = Buffer.alloc(period * period * 4, 255);
  for (let at = 0; at < period * period; at += 1) {
    const isStripe = ((at % period) + Math.floor(at / period)) % period < period / 2;
    stripes[at * 4 + 3] = isStripe ? Math.round(0.15 * 255) : 0;
  }
  const name = block({ width: width * 0.5, height: height * 0.12 }, { ...WHITE, alpha: 0.4 });
  return pixels(image).composite([
    { input: stripes, raw: { width: period, height: period, channels: 4 }, tile: true, left: 0, top: 0 },
    { ...name, left: Math.round(width * 0.25), top: Math.round(height * 0.44) },
  ]);
}

function block(
  { width, height }: { readonly width: number; readonly height: number },
  background: { readonly r: number; readonly g: number; readonly b: number; readonly alpha: number },
): OverlayOptions {
  return { input: { create: { width: atLeastOne(width), height: atLeastOne(height), channels: 4, background } } };
}

function padToSquare(image: RgbImage): Sharp | null {
  const x = Math.max(0, image.height - image.width);
  const y = Math.max(0, image.width - image.height);
  // Little else than the image itself would be found again.
  if (Math.max(x, y) < 0.05 * Math.max(image.width, image.height)) return null;
  return pixels(image).extend({
    left: x >> 1,
    right: x - (x >> 1),
    top: y >> 1,
    bottom: y - (y >> 1),
    background: GREY,
  });
}
