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

function text(block: Buffer, field: Field): string {
  const [offset, length] = FIELDS[field];
  return (block.toString('utf8', offset, offset + length).split('\0', 1)[0] ?? '').trim();
}

function octalValue(block: Buffer, field: Field): number | null {
  const digits = text(block, field);
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : null;
}

/** Sum of all bytes, the checksum's own counted as spaces. */
function checksumOf(block: Buffer): number {
  const [from, length] = FIELDS.checksum;
  return block.reduce((sum, byte, at) => sum + (at >= from && at < from + length ? 0x20 : byte), 0);
}
