import type { Place, Plane } from './map-view';

/** All images of a split, as the server sends them: typed arrays over one piece of memory. */
export interface MapPoints {
  readonly count: number;
  /** Both numbers of a place in turn; 65,535 is 1. */
  readonly places: Uint16Array<ArrayBuffer>;
  readonly given: Uint16Array<ArrayBuffer>;
  readonly refined: Uint16Array<ArrayBuffer>;
  /** 0 to 2; others lie nowhere. */
  readonly kind: Uint8Array<ArrayBuffer>;
}

const BYTES_EACH = 9;
export const MAX_NUMBER = 65_535;

export function mapPointsOf(bytes: ArrayBuffer): MapPoints {
  const count = Math.floor(bytes.byteLength / BYTES_EACH);
  return {
    count,
    places: new Uint16Array(bytes, 0, 2 * count),
    given: new Uint16Array(bytes, 4 * count, count),
    refined: new Uint16Array(bytes, 6 * count, count),
    kind: new Uint8Array(bytes, 8 * count, count),
  };
}

/** Whether a bit of a mask is set. */
export const isSet = (bits: Uint8Array, row: number): boolean => (((bits[row >> 3] as number) >> (row & 7)) & 1) === 1;

export function countBits(bits: Uint8Array): number {
  let count = 0;
  for (const byte of bits) {
    for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  }
  return count;
}

/**
 * The visible point next to a place, in the units of a side.
 * @param reach points further away are none
 * @returns its row, or null
 */
export function nearestPoint(
  { places, count }: MapPoints,
  visible: Uint8Array,
  { place: [first, second], plane: { skew, height } }: { readonly place: Place; readonly plane: Plane },
  reach: number,
): number | null {
  const [x, y] = [(first + second * skew) * MAX_NUMBER, second * height * MAX_NUMBER];
  let nearest: number | null = null;
  let least = (reach * MAX_NUMBER) ** 2;
  for (let row = 0; row < count; row += 1) {
    const above = places[2 * row + 1] as number;
    const byX = (places[2 * row] as number) + above * skew - x;
    const byY = above * height - y;
    const distance = byX * byX + byY * byY;
    if (distance > least || !isSet(visible, row)) continue;
    least = distance;
    nearest = row;
  }
  return nearest;
}
