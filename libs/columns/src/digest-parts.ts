import type { ImageColumns } from './image-columns';

type Digests = Pick<ImageColumns, 'digest' | 'count'>;

/** Hexadecimal digits of a digest. */
const DIGITS = 64;
const TEXT_ROWS = 4096;

/** Of fewer digits there may be no whole byte. */
const MIN_BYTES_PART = 3;

/**
 * Images whose digest has a part, in the bytes themselves: their text is twice as long and has to be made first.
 * @param part lower-case hexadecimal digits; of others there is none
 * @returns 1 for each image for which it holds
 */
export function rowsWithin(columns: Digests, part: string): Uint8Array {
  const rows = new Uint8Array(columns.count);
  if (part.length < MIN_BYTES_PART) markInText(columns, part, rows);
  else if (/^[0-9a-f]+$/.test(part)) for (const odd of [0, 1]) markInBytes(columns, part, { rows, odd });
  return rows;
}

/** Looks for the whole bytes of a part. @param odd 1: it begins with the second digit of a byte */
function markInBytes(
  { digest, count }: Digests,
  part: string,
  { rows, odd }: { readonly rows: Uint8Array; readonly odd: number },
): void {
  const bytes = Buffer.from(digest.buffer, digest.byteOffset, count * 32);
  const end = part.length - ((part.length - odd) % 2);
  const whole = Buffer.from(part.slice(odd, end), 'hex');
  const [before, after] = [Number.parseInt(part.slice(0, odd), 16), Number.parseInt(part.slice(end), 16)];
  for (let at = bytes.indexOf(whole); at >= 0; at = bytes.indexOf(whole, at + 1)) {
    const row = at >> 5;
    const first = at * 2 - odd;
    // Half in one digest and half in the next it is in none.
    const isWithin = first >= row * DIGITS && first + part.length <= (row + 1) * DIGITS;
    const isBefore = odd === 0 || ((bytes[at - 1] ?? 0) & 15) === before;
    const isAfter = end === part.length || (bytes[at + whole.length] ?? 0) >> 4 === after;
    if (isWithin && isBefore && isAfter) rows[row] = 1;
  }
}

/** Looks in the text of many digests at once. */
function markInText({ digest, count }: Digests, part: string, rows: Uint8Array): void {
  for (let first = 0; first < count; first += TEXT_ROWS) {
    const length = Math.min(TEXT_ROWS, count - first);
    const text = Buffer.from(digest.buffer, digest.byteOffset + first * 32, length * 32).toString('hex');
    for (let at = text.indexOf(part); at >= 0 && at < text.length;) {
      const row = Math.floor(at / DIGITS);
      // Half in one digest and half in the next it is in none.
      const isWhole = at + part.length <= (row + 1) * DIGITS;
      if (isWhole) rows[first + row] = 1;
      at = text.indexOf(part, isWhole ? (row + 1) * DIGITS : at + 1);
    }
  }
}
