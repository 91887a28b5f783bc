import { NO_KIND, placesOf } from '@winnow/columns';
import type { ImageColumns } from '@winnow/columns';
import type { MapLayout, StudioLayout } from '@winnow/contracts';

const BYTES_EACH = 9;
const MAX_NUMBER = 65_535;

/**
 * Where all images lie on the map and what colours them, as `MapSample` tells it: 9 bytes an image.
 * @throws WinnowError as placesOf
 */
export function mapPoints(columns: ImageColumns, layout: MapLayout): Buffer {
  const { count, given, refined, kind } = columns;
  const { xs, ys } = placesOf(columns, layout);
  const bytes = Buffer.allocUnsafe(count * BYTES_EACH);
  const numbers = new Uint16Array(count * 2);
  for (let row = 0; row < count; row += 1) {
    // No number becomes 0; such an image is in no mask.
    numbers[2 * row] = Math.round((xs[row] as number) * MAX_NUMBER);
    numbers[2 * row + 1] = Math.round((ys[row] as number) * MAX_NUMBER);
  }
  let end = 0;
  for (const column of [numbers, given, refined, kind]) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), end);
    end += column.byteLength;
  }
  return bytes;
}

/** Takes out of a list's bits those of images that lie nowhere. @throws WinnowError as placesOf */
export function keepPlaced(bits: Uint8Array, columns: ImageColumns, layout: MapLayout): Uint8Array {
  const { kind } = columns;
  const { xs } = placesOf(columns, layout);
  // What another module gives is looked up for each row, which takes longer than the row.
  const none = NO_KIND;
  for (let row = 0; row < kind.length; row += 1) {
    const isNowhere = kind[row] === none || Number.isNaN(xs[row]);
    if (isNowhere) bits[row >> 3] = (bits[row >> 3] as number) & ~(1 << (row & 7));
  }
  return bits;
}

/** How images were laid out by likeness. */
export function layoutFacts({ layout }: Pick<ImageColumns, 'layout'>): StudioLayout['layout'] {
  if (layout === null) return null;
  const placed = layout.xs.reduce((count, x) => count + (Number.isNaN(x) ? 0 : 1), 0);
  return { network: layout.network, placed, interpolated: placed - layout.landmarks };
}
