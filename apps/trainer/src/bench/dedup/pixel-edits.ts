import { areaResample, lumaOf } from '@winnow/imaging';
import type { ImageRegion, RgbImage } from '@winnow/imaging';

/** Red, green, blue, 0..255. */
export type Colour = readonly [number, number, number];

/** Sides of a frame, pixels. */
export interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Smaller by area averaging, at least a pixel wide and high. */
export function shrink(image: RgbImage, factor: number): RgbImage {
  const width = Math.max(1, Math.round(image.width * factor));
  const height = Math.max(1, Math.round(image.height * factor));
  const line = image.width * 3;
  const readRow = (y: number, out: Float32Array): void => out.set(image.data.subarray(y * line, (y + 1) * line));
  const mean = areaResample({ width: image.width, height: image.height, channels: 3, readRow }, width, height);
  return { width, height, data: Uint8Array.from(mean, Math.round) };
}

/** The region alone. */
export function cut(image: RgbImage, { left, top, width, height }: ImageRegion): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Left and right change sides. */
export function mirror({ width, height, data }: RgbImage): RgbImage {
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + width - 1 - x) * 3;
      result.set(data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data: result };
}

/** Turned clockwise about its middle, same size; bilinear, black where nothing was. */
export function rotate({ width, height, data }: RgbImage, degrees: number): RgbImage {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const fromX = cos * (x - middleX) + sin * (y - middleY) + middleX;
      const fromY = cos * (y - middleY) - sin * (x - middleX) + middleY;
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      for (let band = 0; band < 3; band += 1) {
        let sum = 0;
        for (let corner = 0; corner < 4; corner += 1) {
          const atX = left + (corner & 1);
          const atY = top + (corner >> 1);
          if (atX < 0 || atY < 0 || atX >= width || atY >= height) continue;
          const weight = (1 - Math.abs(fromX - atX)) * (1 - Math.abs(fromY - atY));
          sum += weight * (data[(atY * width + atX) * 3 + band] as number);
        }
        result[(y * width + x) * 3 + band] = Math.round(sum);
      }
    }
  }
  return { width, height, data: result };
}

/** Every value through one curve of 0..255; results are rounded and kept in range. */
export function mapLevels(image: RgbImage, curve: (value: number) => number): RgbImage {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => curve(value));
  return { ...image, data: image.data.map((value) => table[value] as number) };
}

/** Every band is the luma. */
export function grey(image: RgbImage): RgbImage {
  const luma = lumaOf(image);
  const data = new Uint8Array(image.data.length);
  luma.forEach((value, index) => data.fill(Math.round(value), index * 3, index * 3 + 3));
  return { ...image, data };
}

/** Room around the picture in one colour. */
export function frame(image: RgbImage, { left, top, right, bottom }: Margins, colour: Colour): RgbImage {
  const width = image.width + left + right;
  const height = image.height + top + bottom;
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(colour, at);
  for (let y = 0; y < image.height; y += 1) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    data.set(row, ((top + y) * width + left) * 3);
  }
  return { width, height, data };
}

/** A rectangle over the picture; what lies outside of the picture is left out. @param alpha 1 covers it all */
export function paint(
  image: RgbImage,
  { left, top, width, height }: ImageRegion,
  [colour, alpha]: readonly [Colour, number],
): RgbImage {
  const data = image.data.slice();
  for (let y = Math.max(0, top); y < Math.min(image.height, top + height); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(image.width, left + width); x += 1) {
      for (let band = 0; band < 3; band += 1) {
        const at = (y * image.width + x) * 3 + band;
        data[at] = Math.round((data[at] as number) * (1 - alpha) + (colour[band] as number) * alpha);
      }
    }
  }
  return { ...image, data };
}

/** Slanting stripes over the picture, as wide as the gaps between them. @param period of the pattern along x, pixels */
export function stripe(image: RgbImage, period: number, [colour, alpha]: readonly [Colour, number]): RgbImage {
  const data = image.data.slice();
  for (let y = 0; y < image.height; y += 1) {
    for (let x = 0; x < image.width; x += 1) {
      if ((x + y) % period >= period / 2) continue;
      for (let band = 0; band < 3; band += 1) {
        const at = (y * image.width + x) * 3 + band;
        data[at] = Math.round((data[at] as number) * (1 - alpha) + (colour[band] as number) * alpha);
      }
    }
  }
  return { ...image, data };
}
