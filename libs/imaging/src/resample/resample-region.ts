import type { ImageRegion } from './image-region';
import type { RgbImage } from '../rgb-image';
import { type Taps, triangleTaps, WEIGHT_BITS } from './triangle-taps';

/** Between both passes values keep this many bits behind the point. */
const KEPT_BITS = 7;
const FIRST_SHIFT = WEIGHT_BITS - KEPT_BITS;
const LAST_SHIFT = WEIGHT_BITS + KEPT_BITS;
const FIRST_HALF = 1 << (FIRST_SHIFT - 1);
const LAST_HALF = 1 << (LAST_SHIFT - 1);

/** Between the passes; kept, because fresh memory costs more than the work that is done in it. */
let scratch = new Uint16Array(0);

/**
 * Cuts a region out and resizes it to size x size by a triangle filter: bilinear where it grows, and where it shrinks
 * each target pixel weighs all that it covers (what PIL and torchvision call bilinear with antialiasing). Pixels outside
 * of the region are not looked at.
 * @returns RGB, [size, size, 3]
 */
export function resampleRegion({ width, data }: RgbImage, region: ImageRegion, size: number): Uint8Array {
  if (region.width === size && region.height === size) return cut(data, width, region);
  const columns = triangleTaps(region.width, size);
  const rows = triangleTaps(region.height, size);
  const line = size * 3;
  if (scratch.length < region.height * line) scratch = new Uint16Array(region.height * line);
  const narrowed = scratch;
  for (let y = 0; y < region.height; y += 1) {
    narrowRow(data, ((region.top + y) * width + region.left) * 3, { into: narrowed, at: y * line, columns });
  }
  const result = new Uint8Array(size * line);
  const sums = new Int32Array(line);
  for (let y = 0; y < size; y += 1) mixRows(narrowed, { rows, y, sums, result });
  return result;
}

interface RowNarrowing {
  readonly into: Uint16Array;
  /** Where the row starts in it. */
  readonly at: number;
  readonly columns: Taps;
}

function narrowRow(data: Uint8Array, from: number, { into, at, columns }: RowNarrowing): void {
  const { first, starts, weights } = columns;
  const count = first.length;
  let write = at;
  let tap = 0;
  for (let x = 0; x < count; x += 1, write += 3) {
    let read = from + (first[x] as number) * 3;
    const end = starts[x + 1] as number;
    let weight = weights[tap] as number;
    let red = FIRST_HALF + Math.imul(weight, data[read] as number);
    let green = FIRST_HALF + Math.imul(weight, data[read + 1] as number);
    let blue = FIRST_HALF + Math.imul(weight, data[read + 2] as number);
    for (tap += 1; tap < end; tap += 1) {
      read += 3;
      weight = weights[tap] as number;
      red = (red + Math.imul(weight, data[read] as number)) | 0;
      green = (green + Math.imul(weight, data[read + 1] as number)) | 0;
      blue = (blue + Math.imul(weight, data[read + 2] as number)) | 0;
    }
    into[write] = red >> FIRST_SHIFT;
    into[write + 1] = green >> FIRST_SHIFT;
    into[write + 2] = blue >> FIRST_SHIFT;
  }
}

interface RowMixing {
  readonly rows: Taps;
  readonly y: number;
  /** Scratch, one line. */
  readonly sums: Int32Array;
  readonly result: Uint8Array;
}

/** Rows in pairs: a target row has one or two taps where the image grows, and few more where it shrinks. */
function mixRows(narrowed: Uint16Array, { rows, y, sums, result }: RowMixing): void {
  const line = sums.length;
  const start = rows.starts[y] as number;
  const end = rows.starts[y + 1] as number;
  let read = (rows.first[y] as number) * line;
  let tap = start;
  for (; tap + 2 < end; tap += 2, read += 2 * line) {
    addPair({ narrowed, read, other: read + line }, [rows.weights[tap] as number, rows.weights[tap + 1] as number], {
      sums,
      isFirst: tap === start,
    });
  }
  const upper = rows.weights[tap] as number;
  // A last row without a partner pairs with itself at no weight.
  const lower = tap + 1 < end ? (rows.weights[tap + 1] as number) : 0;
  const other = tap + 1 < end ? read + line : read;
  const write = y * line;
  if (tap === start) {
    for (let x = 0; x < line; x += 1) {
      const pair = Math.imul(upper, narrowed[read + x] as number) + Math.imul(lower, narrowed[other + x] as number);
      result[write + x] = (pair + LAST_HALF) >> LAST_SHIFT;
    }
    return;
  }
  for (let x = 0; x < line; x += 1) {
    const pair = Math.imul(upper, narrowed[read + x] as number) + Math.imul(lower, narrowed[other + x] as number);
    result[write + x] = ((sums[x] as number) + pair) >> LAST_SHIFT;
  }
}

interface RowPair {
  readonly narrowed: Uint16Array;
  /** Where both rows start. */
  readonly read: number;
  readonly other: number;
}

function addPair(
  { narrowed, read, other }: RowPair,
  [upper, lower]: readonly [number, number],
  { sums, isFirst }: { readonly sums: Int32Array; readonly isFirst: boolean },
): void {
  if (isFirst) sums.fill(LAST_HALF);
  for (let x = 0; x < sums.length; x += 1) {
    const pair = Math.imul(upper, narrowed[read + x] as number) + Math.imul(lower, narrowed[other + x] as number);
    sums[x] = ((sums[x] as number) + pair) | 0;
  }
}

function cut(data: Uint8Array, width: number, { left, top, width: columns, height }: ImageRegion): Uint8Array {
  const result = new Uint8Array(height * columns * 3);
  for (let y = 0; y < height; y += 1) {
    const from = ((top + y) * width + left) * 3;
    result.set(data.subarray(from, from + columns * 3), y * columns * 3);
  }
  return result;
}
