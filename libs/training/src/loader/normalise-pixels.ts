import type { InputSpec } from '@winnow/contracts';

/**
 * `(value scaled to range - mean) / std`, channel by channel.
 * @param pixels RGB, 0..255; bytes, or floats where images were mixed
 * @param into where to, if not into new memory; of the same length
 * @returns the same layout
 */
export function normalisePixels(
  pixels: Uint8Array | Float32Array,
  input: InputSpec,
  into?: Float32Array,
): Float32Array {
  const [red, green, blue] = channelLines(input);
  const result = into ?? new Float32Array(pixels.length);
  if (pixels instanceof Uint8Array) {
    const [redTable, greenTable, blueTable] = [tableOf(red), tableOf(green), tableOf(blue)];
    for (let at = 0; at < pixels.length; at += 3) {
      result[at] = redTable[pixels[at] as number] as number;
      result[at + 1] = greenTable[pixels[at + 1] as number] as number;
      result[at + 2] = blueTable[pixels[at + 2] as number] as number;
    }
    return result;
  }
  for (let at = 0; at < pixels.length; at += 3) {
    result[at] = (pixels[at] as number) * red.slope + red.offset;
    result[at + 1] = (pixels[at + 1] as number) * green.slope + green.offset;
    result[at + 2] = (pixels[at + 2] as number) * blue.slope + blue.offset;
  }
  return result;
}

interface Line {
  readonly slope: number;
  readonly offset: number;
}

/** A byte has 256 results: looking them up is faster than computing them. */
function tableOf({ slope, offset }: Line): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => value * slope + offset);
}

function channelLines({ range, mean, std }: InputSpec): readonly [Line, Line, Line] {
  const line = (channel: 0 | 1 | 2): Line => ({
    slope: (range[1] - range[0]) / 255 / std[channel],
    offset: (range[0] - mean[channel]) / std[channel],
  });
  return [line(0), line(1), line(2)];
}
