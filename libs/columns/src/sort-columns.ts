import type { StudioSort } from '@winnow/contracts';
import { sidesOf } from './column-filters';
import { NO_KIND } from './image-columns';
import type { ImageColumns } from './image-columns';

/**
 * Indices of all images in an order, ascending; equal ones in the order of the data set. What has no value comes last.
 */
export function sortColumns(columns: ImageColumns, sort: StudioSort): Uint32Array {
  switch (sort) {
    case 'position':
      return Uint32Array.from({ length: columns.count }, (_, index) => index);
    case 'given':
      return sortByKeys(Uint32Array.from(columns.given));
    case 'refined':
      return sortByKeys(Uint32Array.from(columns.refined));
    case 'copies':
      return sortByKeys(Uint32Array.from(columns.copies));
    case 'side':
      return sortByKeys(Uint32Array.from(sidesOf(columns)));
    case 'doubt':
      return sortByKeys(floatKeys(new Float32Array(columns.doubt)));
    case 'clean':
    case 'closed':
    case 'open':
      return sortByKeys(floatKeys(sharesOfSplit(columns, sort)));
  }
}

/** Probabilities of a kind; NaN where there is no split. */
export function sharesOfSplit(columns: ImageColumns, name: 'clean' | 'closed' | 'open'): Float32Array {
  const shares = columns[name].slice();
  for (let row = 0; row < shares.length; row += 1) if (columns.kind[row] === NO_KIND) shares[row] = Number.NaN;
  return shares;
}

const LAST = 0xffff_ffff;

/** Whole numbers of 32 bits that order as the numbers do; NaN comes last. @param values are overwritten */
function floatKeys(values: Float32Array): Uint32Array {
  const keys = new Uint32Array(values.buffer);
  for (let row = 0; row < keys.length; row += 1) {
    const bits = keys[row] as number;
    keys[row] = Number.isNaN(values[row]) ? LAST : (bits & 0x8000_0000) === 0 ? bits | 0x8000_0000 : ~bits;
  }
  return keys;
}

const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;

/** Radix sort, stable: three passes of 11 bits, those left out in which all keys agree. */
function sortByKeys(keys: Uint32Array): Uint32Array {
  const { length } = keys;
  let from = Uint32Array.from({ length: 0 });
  let to = new Uint32Array(length);
  let isSorted = false;
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const starts = new Uint32Array(RADIX + 1);
    for (let index = 0; index < length; index += 1) {
      const digit = ((keys[index] as number) >>> shift) & (RADIX - 1);
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    if (starts.includes(length, 1) && length > 0) continue;
    for (let digit = 0; digit < RADIX; digit += 1)
      starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
    for (let at = 0; at < length; at += 1) {
      const index = isSorted ? (from[at] as number) : at;
      const digit = ((keys[index] as number) >>> shift) & (RADIX - 1);
      const place = starts[digit] as number;
      to[place] = index;
      starts[digit] = place + 1;
    }
    const free = isSorted ? from : new Uint32Array(length);
    from = to;
    to = free;
    isSorted = true;
  }
  return isSorted ? from : Uint32Array.from({ length }, (_, index) => index);
}
