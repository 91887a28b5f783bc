import type { PixelImage } from './pixel-batch';

/** Brightness of a colour as ITU-R 601 weighs it, in units of 1/1000. */
const LUMA = { red: 299, green: 587, blue: 114 } as const;

/** `factor v`: 0 is black, 1 the image. */
export function adjustBrightness({ pixels }: PixelImage, factor: number): Uint8Array {
  return throughTable(pixels, (value) => factor * value);
}

/** Away from the mean grey of the whole image: 0 is that grey, 1 the image. */
export function adjustContrast({ pixels }: PixelImage, factor: number): Uint8Array {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) sum += lumaAt(pixels, at);
  const grey = Math.round(sum / (pixels.length / 3));
  return throughTable(pixels, (value) => grey + factor * (value - grey));
}

/** Away from the grey of each pixel: 0 is a grey image, 1 the image. */
export function adjustSaturation({ pixels }: PixelImage, factor: number): Uint8Array {
  const result = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const grey = lumaAt(pixels, at) * (1 - factor);
    result[at] = grey + factor * (pixels[at] as number);
    result[at + 1] = grey + factor * (pixels[at + 1] as number);
    result[at + 2] = grey + factor * (pixels[at + 2] as number);
  }
  return asBytes(result);
}

/**
 * Away from the image smoothed by (1 1 1; 1 5 1; 1 1 1) / 13: 0 is smooth, 1 the image. The outermost pixels stay as
 * they are.
 */
export function adjustSharpness({ size, pixels }: PixelImage, factor: number): Uint8Array {
  const result = Uint8ClampedArray.from(pixels);
  const line = size * 3;
  for (let y = 1; y < size - 1; y += 1) {
    for (let at = y * line + 3; at < (y + 1) * line - 3; at += 1) {
      const own = pixels[at] as number;
      const sum = threeAt(pixels, at - line) + threeAt(pixels, at) + threeAt(pixels, at + line) + 4 * own;
      const smooth = sum / 13;
      result[at] = smooth + factor * (own - smooth);
    }
  }
  return asBytes(result);
}

/**
 * Turns the hue, keeping value and saturation (HSV).
 * @param turn in whole turns, -0.5..0.5
 */
export function adjustHue({ pixels }: PixelImage, turn: number): Uint8Array {
  const result = new Uint8ClampedArray(pixels.length);
  const turned = (turn - Math.floor(turn)) * 6;
  for (let at = 0; at < pixels.length; at += 3) {
    const red = pixels[at] as number;
    const green = pixels[at + 1] as number;
    const blue = pixels[at + 2] as number;
    const high = Math.max(red, green, blue);
    const chroma = high - Math.min(red, green, blue);
    if (chroma === 0) {
      result[at] = result[at + 1] = result[at + 2] = high;
      continue;
    }
    const hue = turned + hueOf(red, green, blue, chroma);
    result[at] = hueChannel(hue + 5, high, chroma);
    result[at + 1] = hueChannel(hue + 3, high, chroma);
    result[at + 2] = hueChannel(hue + 1, high, chroma);
  }
  return asBytes(result);
}

/** In sixths of a turn, from red, -1..5. */
function hueOf(red: number, green: number, blue: number, chroma: number): number {
  if (red >= green && red >= blue) return (green - blue) / chroma;
  return green >= blue ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
}

/** HSV to RGB: `v - c max(0, min(k, 4 - k, 1))` with k modulo 6; k = 5, 3, 1 + hue for red, green, blue. */
function hueChannel(place: number, high: number, chroma: number): number {
  const k = place - 6 * Math.floor(place / 6);
  return high - chroma * Math.max(0, Math.min(k, 4 - k, 1));
}

function lumaAt(pixels: Uint8Array, at: number): number {
  const weighted =
    LUMA.red * (pixels[at] as number) +
    LUMA.green * (pixels[at + 1] as number) +
    LUMA.blue * (pixels[at + 2] as number);
  return weighted / 1000;
}

/** A value and its neighbours left and right in the same channel. */
function threeAt(pixels: Uint8Array, at: number): number {
  return (pixels[at - 3] as number) + (pixels[at] as number) + (pixels[at + 3] as number);
}

function asBytes(values: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(values.buffer);
}

const CHANNELS = [0, 1, 2] as const;

/** Maps every value by a function of it, which is asked once for each of 0..255; results are cut to 0..255. */
export function throughTable(pixels: Uint8Array, map: (value: number) => number): Uint8Array {
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value += 1) table[value] = map(value);
  const result = new Uint8Array(pixels.length);
  for (let index = 0; index < pixels.length; index += 1) result[index] = table[pixels[index] as number] as number;
  return result;
}

/** Maps each channel by a function that is made from its histogram, [256]. */
export function throughTables(
  pixels: Uint8Array,
  makeMap: (counts: Uint32Array) => (value: number) => number,
): Uint8Array {
  const result = new Uint8Array(pixels.length);
  const table = new Uint8ClampedArray(256);
  for (const channel of CHANNELS) {
    const counts = new Uint32Array(256);
    for (let index = channel; index < pixels.length; index += 3) counts[pixels[index] as number]! += 1;
    const map = makeMap(counts);
    for (let value = 0; value < 256; value += 1) table[value] = map(value);
    for (let index = channel; index < pixels.length; index += 3)
      result[index] = table[pixels[index] as number] as number;
  }
  return result;
}
