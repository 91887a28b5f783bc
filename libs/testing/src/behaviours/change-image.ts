import type { RgbImage } from '@winnow/imaging';

/** Globals are slow to look up within Jest, and there are many pixels. */
const { round } = Math;

type Rgb = readonly [number, number, number];

/** An image whose pixels come from another one. @param from where, in pixels of the other; outside of it: grey */
function redraw(
  image: RgbImage,
  width: number,
  height: number,
  from: (x: number, y: number) => [number, number],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [column, row] = from(x, y).map(round) as [number, number];
      data.set(pixelOf(image, column, row), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

function pixelOf({ width, height, data }: RgbImage, x: number, y: number): Rgb {
  if (x < 0 || y < 0 || x >= width || y >= height) return [128, 128, 128];
  const at = (y * width + x) * 3;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

/** The image without its colours. */
export function grayed(image: RgbImage): RgbImage {
  const data = Uint8Array.from(image.data);
  for (let at = 0; at < data.length; at += 3) {
    const light = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    data.fill(round(light), at, at + 3);
  }
  return { ...image, data };
}

/** The image without its edges. @param fraction of each side, 0.05 for 5 % */
export function cropped(image: RgbImage, fraction: number): RgbImage {
  const left = round(image.width * fraction);
  const top = round(image.height * fraction);
  return redraw(image, image.width - 2 * left, image.height - 2 * top, (x, y) => [x + left, y + top]);
}

/** The image turned about its middle, with grey corners. */
export function rotated(image: RgbImage, degrees: number): RgbImage {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [middleX, middleY] = [(image.width - 1) / 2, (image.height - 1) / 2];
  return redraw(image, image.width, image.height, (x, y) => [
    middleX + cos * (x - middleX) + sin * (y - middleY),
    middleY - sin * (x - middleX) + cos * (y - middleY),
  ]);
}

/** The image with a line of letter-like strokes, half transparent, across its lower part. */
export function watermarked(image: RgbImage): RgbImage {
  const data = Uint8Array.from(image.data);
  const top = round(image.height * 0.8);
  for (let y = top; y < top + image.height * 0.06; y += 1) {
    for (let x = round(image.width * 0.25); x < image.width * 0.75; x += 1) {
      if (x % 7 >= 2 && (y - top) % 5 !== 0) continue;
      const at = (y * image.width + x) * 3;
      for (let band = at; band < at + 3; band += 1) data[band] = ((data[band] ?? 0) + 255) / 2;
    }
  }
  return { ...image, data };
}

/** One image shining through another of its size. @param fraction of the first one, 0 to 1 */
export function blended(image: RgbImage, other: RgbImage, fraction: number): RgbImage {
  const data = image.data.map((value, at) => round(fraction * value + (1 - fraction) * (other.data[at] ?? 0)));
  return { ...image, data };
}
