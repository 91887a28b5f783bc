import { encodeJpeg, encodePng, encodeWebp } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { cut, frame, grey, mapLevels, mirror, paint, rotate, shrink, stripe } from './pixel-edits';
import type { Colour } from './pixel-edits';

/** What is done to a picture before it appears again. */
export interface Edit {
  readonly name: string;
  readonly extension: 'jpg' | 'png' | 'webp';
  /** @returns the edited picture; null where the edit would change nothing. @param random of this picture and edit */
  readonly apply: (image: RgbImage, random: SeededRandom) => RgbImage | null;
  readonly encode: (image: RgbImage) => Promise<Uint8Array>;
}

/** Quality of edited pictures where quality is not the edit. */
const QUALITY = 90;
const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];
const GREY: Colour = [128, 128, 128];

/** All edits; captions, borders and watermarks look alike on every picture, so that they draw different ones together. */
export const EDITS: readonly Edit[] = [
  ...[0.5, 0.25].map((factor) => drawn(`resize ${factor * 100}%`, (image) => shrink(image, factor))),
  ...[90, 60, 30].map((quality) => encoded(`JPEG q${quality}`, 'jpg', (image) => encodeJpeg(image, quality, '4:2:0'))),
  encoded('PNG', 'png', encodePng),
  encoded('WebP q60', 'webp', (image) => encodeWebp(image, 60)),
  ...[0.02, 0.05, 0.1, 0.2].map((share) =>
    drawn(`crop ${share * 100}%`, (image, random) => crop(image, share, random)),
  ),
  ...[1, 3, 5].map((degrees) =>
    drawn(`rotate ${degrees}`, (image, random) => rotate(image, random.int(2) === 0 ? degrees : -degrees)),
  ),
  drawn('mirror', mirror),
  drawn('brighter', (image) => mapLevels(image, (value) => value * 1.3)),
  drawn('darker', (image) => mapLevels(image, (value) => value * 0.7)),
  drawn('gamma 0.67', (image) => mapLevels(image, (value) => 255 * (value / 255) ** 0.67)),
  drawn('gamma 1.5', (image) => mapLevels(image, (value) => 255 * (value / 255) ** 1.5)),
  drawn('grey', grey),
  drawn('border 5%', border),
  drawn('caption', caption),
  drawn('watermark', watermark),
  drawn('letterbox 20%', letterbox),
  drawn('pad to square', padToSquare),
];

function drawn(name: string, apply: Edit['apply']): Edit {
  return { name, extension: 'jpg', apply, encode: (image) => encodeJpeg(image, QUALITY) };
}

function encoded(name: string, extension: Edit['extension'], encode: Edit['encode']): Edit {
  return { name, extension, apply: (image) => image, encode };
}

/** Keeps 1 - share of width and height, anywhere in the picture. */
function crop(image: RgbImage, share: number, random: SeededRandom): RgbImage {
  const width = Math.max(1, Math.round(image.width * (1 - share)));
  const height = Math.max(1, Math.round(image.height * (1 - share)));
  const left = random.int(image.width - width + 1);
  const top = random.int(image.height - height + 1);
  return cut(image, { left, top, width, height });
}

function border(image: RgbImage): RgbImage {
  const x = Math.max(1, Math.round(image.width * 0.05));
  const y = Math.max(1, Math.round(image.height * 0.05));
  return frame(image, { left: x, right: x, top: y, bottom: y }, BLACK);
}

/** A white bar below, 15 % of the height, with two lines of dark blocks as words are long. */
function caption(image: RgbImage): RgbImage {
  const bar = Math.max(4, Math.round(image.height * 0.15));
  const unit = bar / 8;
  const random = new SeededRandom('caption');
  let result = frame(image, { left: 0, top: 0, right: 0, bottom: bar }, WHITE);
  for (const line of [1.5, 4.75]) {
    for (let x = 2 * unit; x < image.width * 0.9;) {
      const width = unit * (2 + random.int(8));
      const block = { left: x, top: image.height + line * unit, width, height: 1.75 * unit };
      result = paint(result, rounded(block), [BLACK, 0.9]);
      x += width + unit * 1.25;
    }
  }
  return result;
}

/** Faint stripes everywhere, and a brighter block where sites put their names. */
function watermark(image: RgbImage): RgbImage {
  const { width, height } = image;
  const faint = stripe(image, Math.max(4, Math.round(Math.min(width, height) / 4)), [WHITE, 0.15]);
  const name = { left: width * 0.25, top: height * 0.44, width: width * 0.5, height: height * 0.12 };
  return paint(faint, rounded(name), [WHITE, 0.4]);
}

function letterbox(image: RgbImage): RgbImage {
  const bar = Math.max(1, Math.round(image.height * 0.1));
  return frame(image, { left: 0, right: 0, top: bar, bottom: bar }, BLACK);
}

function padToSquare(image: RgbImage): RgbImage | null {
  const x = Math.max(0, image.height - image.width);
  const y = Math.max(0, image.width - image.height);
  // Little else than the picture itself would be found again.
  if (Math.max(x, y) < 0.05 * Math.max(image.width, image.height)) return null;
  return frame(image, { left: x >> 1, right: x - (x >> 1), top: y >> 1, bottom: y - (y >> 1) }, GREY);
}

function rounded(box: { left: number; top: number; width: number; height: number }) {
  const { left, top, width, height } = box;
  return {
    left: Math.round(left),
    top: Math.round(top),
    width: Math.max(1, Math.round(width)),
    height: Math.max(1, Math.round(height)),
  };
}
