import { decode } from 'fast-bmp';
import type { BmpHeader } from './bmp-header';

/** Pixels of a bitmap, top row first. */
export interface BmpPixels {
  readonly width: number;
  readonly height: number;
  /** RGB, or RGB and opacity. */
  readonly channels: 3 | 4;
  /** Shape [height, width, channels]. */
  readonly data: Uint8Array;
}

/** Both headers and the masks. */
const PIXELS_FROM = 66;

/**
 * Decodes the pixels of a bitmap whose header is known and whose rows are all there. The library knows neither palettes
 * nor rows from the top nor headers of other sizes: it is given the rows behind a header that it does know.
 */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader): BmpPixels {
  const { width, height, bitsPerPixel } = header;
  if (bitsPerPixel === 24) return { width, height, channels: 3, data: storedValues(bytes, header) };
  if (bitsPerPixel === 32) return withoutFiller(header, storedValues(bytes, header));
  return { width, height, channels: 3, data: paint(bytes, header) };
}

/** Bytes of the pixels: colours, or places in the palette; of 4 bits still two in a byte. Top row first. */
function storedValues(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { height, rowBytes, pixelsFrom, isTopDown } = header;
  const file = Buffer.alloc(PIXELS_FROM + rowBytes * height);
  const bits = header.bitsPerPixel === 4 ? 8 : header.bitsPerPixel;
  const width = header.bitsPerPixel === 4 ? Math.ceil(header.width / 2) : header.width;
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(PIXELS_FROM, 10);
  file.writeUInt32LE(40, 14);
  file.writeUInt32LE(width, 18);
  file.writeUInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  [0xff_0000, 0xff00, 0xff].forEach((mask, index) => file.writeUInt32LE(mask, 54 + index * 4));
  for (let row = 0; row < height; row += 1) {
    const from = pixelsFrom + (isTopDown ? height - 1 - row : row) * rowBytes;
    file.set(bytes.subarray(from, from + rowBytes), PIXELS_FROM + row * rowBytes);
  }
  return decode(file).data as Uint8Array;
}

/** Without an alpha mask the fourth byte means nothing; where it is 0 throughout, its writer left it out. */
function withoutFiller({ width, height, hasAlpha }: BmpHeader, data: Uint8Array): BmpPixels {
  if (hasAlpha && data.some((value, at) => at % 4 === 3 && value > 0)) return { width, height, channels: 4, data };
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from] as number;
    rgb[to + 1] = data[from + 1] as number;
    rgb[to + 2] = data[from + 2] as number;
  }
  return { width, height, channels: 3, data: rgb };
}

/** Places in the palette become colours; those beyond it are black. */
function paint(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { width, height, bitsPerPixel, palette } = header;
  const colours = new Uint8Array(256 * 3);
  for (let index = 0; index < palette.colours; index += 1) {
    const from = palette.from + index * palette.stepBytes;
    colours.set([bytes[from + 2] ?? 0, bytes[from + 1] ?? 0, bytes[from] ?? 0], index * 3);
  }
  const values = storedValues(bytes, header);
  const line = bitsPerPixel === 4 ? Math.ceil(width / 2) : width;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, to += 3) {
      const value = bitsPerPixel === 4 ? nibble(values, y * line, x) : (values[y * line + x] as number);
      rgb[to] = colours[value * 3] as number;
      rgb[to + 1] = colours[value * 3 + 1] as number;
      rgb[to + 2] = colours[value * 3 + 2] as number;
    }
  }
  return rgb;
}

/** The left pixel is in the upper half of its byte. */
function nibble(values: Uint8Array, line: number, x: number): number {
  const pair = values[line + (x >> 1)] as number;
  return x % 2 === 0 ? pair >> 4 : pair & 15;
}
