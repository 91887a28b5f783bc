import { NO_KIND } from '@winnow/columns';
import type { ImageColumns } from '@winnow/columns';

const BYTES_EACH = 9;
const MAX_NUMBER = 65_535;

/** Where all images lie on the map and what colours them, as `MapSample` tells it: 9 bytes an image. */
export function mapPoints({ count, closed, open, given, refined, kind }: ImageColumns): Buffer {
  const bytes = Buffer.allocUnsafe(count * BYTES_EACH);
  const numbers = new Uint16Array(count * 2);
  for (let row = 0; row < count; row += 1) {
    numbers[2 * row] = Math.round((closed[row] as number) * MAX_NUMBER);
    numbers[2 * row + 1] = Math.round((open[row] as number) * MAX_NUMBER);
  }
  let end = 0;
  for (const column of [numbers, given, refined, kind]) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), end);
    end += column.byteLength;
  }
  return bytes;
}

/** Takes out of a list's bits those of images that lie nowhere. */
export function keepPlaced(bits: Uint8Array, { kind }: Pick<ImageColumns, 'kind'>): Uint8Array {
  for (let row = 0; row < kind.length; row += 1) {
    if (kind[row] === NO_KIND) bits[row >> 3] = (bits[row >> 3] as number) & ~(1 << (row & 7));
  }
  return bits;
}
