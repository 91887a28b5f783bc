import type { InputSpec } from '@winnow/contracts';

/**
 * `(value scaled to range - mean) / std`, channel by channel.
 * @param pixels RGB, 0..255; bytes, or floats where images were mixed
 * @returns the same layout
 */
export function normalisePixels(pixels: Uint8Array | Float32Array, input: InputSpec): Float32Array {
  const result = new Float32Array(pixels.length);
  const [red, green, blue] = channelLines(input);
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

/** What `normalisePixels` makes of each byte. @returns of red, green and blue, [3, 256] */
export function normalisingTables(input: InputSpec): Float32Array {
  const lines = channelLines(input);
  return Float32Array.from({ length: 3 * 256 }, (_, at) => {
    const { slope, offset } = lines[at >> 8] as Line;
    return (at & 255) * slope + offset;
  });
}

function channelLines({ range, mean, std }: InputSpec): readonly [Line, Line, Line] {
  const line = (channel: 0 | 1 | 2): Line => ({
    slope: (range[1] - range[0]) / 255 / std[channel],
    offset: (range[0] - mean[channel]) / std[channel],
  });
  return [line(0), line(1), line(2)];
}
