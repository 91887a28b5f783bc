import { BLOCK_BYTES } from './tar-block';

/** What a tar header block says. */
export interface TarHeader {
  readonly name: string;
  readonly sizeBytes: number;
  /** `0` for a file. */
  readonly typeFlag: string;
}

/** Fields of a POSIX ustar header: [offset, length]. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  typeFlag: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const satisfies Record<string, readonly [number, number]>;

type Field = keyof typeof FIELDS;

/** Largest size that the header's eleven octal digits can state. */
const MAX_SIZE_BYTES = 8 ** 11 - 1;

/**
 * A header for a plain file with fixed owner (0), mode (0644) and time (1970).
 * @throws RangeError for a name that is not 1..100 ASCII characters, or a size of 8 GiB or more
 */
export function encodeTarHeader(name: string, sizeBytes: number): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new RangeError(`"${name}" does not fit a tar header`);
  if (sizeBytes > MAX_SIZE_BYTES) throw new RangeError(`${sizeBytes} bytes do not fit a tar header`);
  const block = Buffer.alloc(BLOCK_BYTES);
  const put = (field: Field, text: string): void => void block.write(text, FIELDS[field][0], 'latin1');
  put('name', name);
  put('mode', octal(0o644, 'mode'));
  put('uid', octal(0, 'uid'));
  put('gid', octal(0, 'gid'));
  put('size', octal(sizeBytes, 'size'));
  put('mtime', octal(0, 'mtime'));
  put('typeFlag', '0');
  put('magic', 'ustar\x0000');
  put('checksum', `${checksumOf(block).toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** Reads a header block; null where its checksum is wrong. */
export function decodeTarHeader(block: Buffer): TarHeader | null {
  if (octalValue(block, 'checksum') !== checksumOf(block)) return null;
  const sizeBytes = octalValue(block, 'size');
  if (sizeBytes === null) return null;
  const prefix = text(block, 'prefix');
  const name = text(block, 'name');
  const isUstar = block.toString('latin1', 257, 262) === 'ustar';
  const typeFlag = text(block, 'typeFlag');
  return {
    name: isUstar && prefix !== '' ? `${prefix}/${name}` : name,
    sizeBytes,
    typeFlag: typeFlag === '' ? '0' : typeFlag,
  };
}

function octal(value: number, field: Field): string {
  return value.toString(8).padStart(FIELDS[field][1] - 1, '0');
}

/** Up to its first zero byte. */
function text(block: Buffer, field: Field): string {
  const [offset, length] = FIELDS[field];
  const zero = block.indexOf(0, offset);
  const end = zero < 0 ? offset + length : Math.min(zero, offset + length);
  return end === offset ? '' : block.toString('utf8', offset, end).trim();
}

/** Octal digits between blanks, up to the first zero byte; null where there is anything else. */
function octalValue(block: Buffer, field: Field): number | null {
  const [offset, length] = FIELDS[field];
  const end = offset + length;
  let at = skipBlanks(block, offset, end);
  let value = 0;
  for (let digit = digitAt(block, at); at < end && digit >= 0; digit = digitAt(block, at)) {
    value = value * 8 + digit;
    at += 1;
  }
  at = skipBlanks(block, at, end);
  return at === end || block[at] === 0 ? value : null;
}

function skipBlanks(block: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && block[at] === 0x20) at += 1;
  return at;
}

function digitAt(block: Buffer, at: number): number {
  const digit = (block[at] as number) - 0x30;
  return digit >= 0 && digit < 8 ? digit : -1;
}

/** Sum of all bytes, the checksum's own counted as spaces. */
function checksumOf(block: Buffer): number {
  const [from, length] = FIELDS.checksum;
  let sum = length * 0x20;
  // By index: this runs for every file of a data set, and an iterator costs four times as much.
  for (let at = 0; at < block.length; at += 1) sum += block[at] as number;
  for (let at = from; at < from + length; at += 1) sum -= block[at] as number;
  return sum;
}
