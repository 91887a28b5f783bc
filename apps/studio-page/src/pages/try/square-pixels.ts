import type { SquarePolicy } from '@winnow/contracts';

/** Pixels with some channels, interleaved. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** What no canvas can do: it looks for what draws the eye. */
type DrawablePolicy = Exclude<SquarePolicy, 'attention'>;

const PADDING = 128;

/**
 * The square of an opaque image, RGB, [size, size, 3], made as libvips makes that of `winnow predict`: means of whole
 * pixels down to twice the size or more, then Lanczos; upwards a cubic.
 */
export function squarePixels(image: Pixels, size: number, policy: DrawablePolicy): Uint8Array {
  const { width, height } = image;
  const [byWidth, byHeight] = [width / size, height / size];
  if (policy === 'squash') return rgbOf(resized(image, byWidth, byHeight), size, 0, 0);
  // One step for both sides, so that the shape stays: the longer side need not be a whole number of steps.
  const step = policy === 'cover' ? Math.min(byWidth, byHeight) : Math.max(byWidth, byHeight);
  const scaled = resized(image, step, step);
  const offset = (side: number): number =>
    policy === 'cover' ? -Math.floor((side - size + 1) / 2) : Math.floor((size - side) / 2);
  return rgbOf(scaled, size, offset(scaled.width), offset(scaled.height));
}

/** Places an image on a grey square, or cuts it to one. @param left may be negative */
function rgbOf({ width, height, channels, data }: Pixels, size: number, left: number, top: number): Uint8Array {
  const square = new Uint8Array(size * size * 3).fill(PADDING);
  for (let y = Math.max(0, top); y < Math.min(size, top + height); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(size, left + width); x += 1) {
      const from = ((y - top) * width + x - left) * channels;
      for (let channel = 0; channel < 3; channel += 1) square[(y * size + x) * 3 + channel] = data[from + channel] ?? 0;
    }
  }
  return square;
}

/** @param byWidth, byHeight pixels of the image that become one */
function resized(image: Pixels, byWidth: number, byHeight: number): Pixels {
  const narrow = alongRows(image, byHeight);
  return byWidth === 1 ? narrow : transposed(alongRows(transposed(narrow), byWidth));
}

/** Which pixels of a line a target pixel is made of, and their weights. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function alongRows(image: Pixels, step: number): Pixels {
  if (step === 1) return image;
  const { width, channels } = image;
  const height = Math.max(1, Math.round(image.height / step));
  const shrunk = shrinkRows(image, Math.floor(step / 2));
  const line = width * channels;
  const data = new Uint8ClampedArray(line * height);
  const taps = tapsOf({ length: image.height / shrunk.by, to: height, step: step / shrunk.by });
  taps.forEach(({ first, weights }, y) => {
    for (let at = 0; at < line; at += 1) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap += 1) {
        sum += (weights[tap] as number) * (shrunk.data[within(first + tap, shrunk.height) * line + at] as number);
      }
      data[y * line + at] = sum;
    }
  });
  return { width, height, channels, data };
}

function transposed({ width, height, channels, data }: Pixels): Pixels {
  const turned = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        turned[(x * height + y) * channels + channel] = data[(y * width + x) * channels + channel] as number;
      }
    }
  }
  return { width: height, height: width, channels, data: turned };
}

/** Means of so many rows; the last one stands for those that are missing. */
function shrinkRows(image: Pixels, by: number): Pixels & { readonly by: number } {
  if (by <= 1) return { ...image, by: 1 };
  const line = image.width * image.channels;
  const height = Math.ceil(image.height / by);
  const data = new Uint8ClampedArray(line * height);
  const sums = new Uint32Array(line);
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let row = y * by; row < (y + 1) * by; row += 1) {
      const from = within(row, image.height) * line;
      for (let at = 0; at < line; at += 1) sums[at] = (sums[at] as number) + (image.data[from + at] as number);
    }
    for (let at = 0; at < line; at += 1) data[y * line + at] = (sums[at] as number) / by;
  }
  return { width: image.width, height, channels: image.channels, data, by };
}

const within = (place: number, length: number): number => Math.min(length - 1, Math.max(0, place));

/**
 * Smaller: about the middle of the line, as its ends need not be met. Larger: from its beginning, where libvips begins.
 * @param length of the line, which need not be whole
 */
function tapsOf({
  length,
  to,
  step,
}: {
  readonly length: number;
  readonly to: number;
  readonly step: number;
}): readonly Taps[] {
  const isSmaller = step > 1;
  const kernel = isSmaller ? lanczos3 : catmullRom;
  const reach = isSmaller ? 3 * step : 2;
  return Array.from({ length: to }, (_, target) => {
    const centre = isSmaller ? (length - 1) / 2 + (target - (to - 1) / 2) * step : target * step - 0.5;
    const first = Math.ceil(centre - reach);
    const count = Math.floor(centre + reach) - first + 1;
    const weights = Float64Array.from({ length: count }, (__, tap) =>
      kernel((first + tap - centre) / Math.max(1, step)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function lanczos3(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const turn = Math.PI * x;
  return (3 * Math.sin(turn) * Math.sin(turn / 3)) / (turn * turn);
}

function catmullRom(x: number): number {
  const far = Math.abs(x);
  if (far >= 2) return 0;
  return far < 1 ? 1.5 * far ** 3 - 2.5 * far ** 2 + 1 : -0.5 * far ** 3 + 2.5 * far ** 2 - 4 * far + 2;
}
