import { WinnowError } from '@winnow/contracts';
import { BLOCK_BYTES, END_BYTES, paddedBytes } from './tar-block';
import { decodeTarHeader } from './tar-header';

/** A file in a tar. */
export interface MemberLocation {
  /** Full name, such as `000000042.jpg`. */
  readonly name: string;
  /** Name up to its first dot: members of one sample share it. */
  readonly key: string;
  /** Name after its first dot. */
  readonly extension: string;
  /** Of the first byte of data. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** What a header block says: a file, nothing to read (a folder), or the end. */
export interface TarEntry {
  readonly kind: 'file' | 'folder' | 'end';
  /** Only of a file. */
  readonly member: MemberLocation | null;
  /** Of the next header block. */
  readonly nextAt: number;
}

/** The tar that a header block is from. */
export interface TarFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Of PAX, which Python writes unless told otherwise, and of GNU for long names. */
const EXTENDED: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K']);

/** @throws WinnowError DATA_CORRUPT where a header block at this place would not leave room for the end of the tar */
export function requireRoom(tar: TarFile, at: number): void {
  if (at + END_BYTES > tar.sizeBytes) throw corruptTar(tar.path, at, 'the tar has no end mark');
}

/**
 * Reads the header block at a place of a tar.
 * @throws WinnowError DATA_CORRUPT with shard and offset: not a header, data cut off, neither file nor folder
 */
export function tarEntryAt(tar: TarFile, at: number, block: Buffer): TarEntry {
  if (isZero(block)) return { kind: 'end', member: null, nextAt: at + BLOCK_BYTES };
  const header = decodeTarHeader(block);
  if (header === null) throw corruptTar(tar.path, at, 'not a tar header');
  const offset = at + BLOCK_BYTES;
  const nextAt = offset + paddedBytes(header.sizeBytes);
  if (nextAt > tar.sizeBytes) throw corruptTar(tar.path, offset, `"${header.name}" is cut off`);
  if (header.typeFlag === '5') return { kind: 'folder', member: null, nextAt };
  if (EXTENDED.has(header.typeFlag)) {
    const advice = 'write it with `tar --format=ustar` (in Python: format=tarfile.USTAR_FORMAT), or unpack it';
    throw corruptTar(tar.path, at, `the tar has extended headers, which are not read here: ${advice}`);
  }
  if (header.typeFlag !== '0') throw corruptTar(tar.path, at, `entry type "${header.typeFlag}"`);
  return { kind: 'file', member: { ...splitName(header.name), offset, length: header.sizeBytes }, nextAt };
}

/** @throws WinnowError DATA_CORRUPT unless the second block of the end mark is empty too */
export function requireEnd(tar: TarFile, at: number, block: Buffer): void {
  if (!isZero(block)) throw corruptTar(tar.path, at, 'the end mark of the tar is broken');
}

function corruptTar(path: string, offset: number, message: string): WinnowError {
  return new WinnowError('DATA_CORRUPT', message, {
    where: `${path}, offset ${offset}`,
    next: 'Get the file again. `winnow verify` tells what is wrong with a shard of a build, and what to do.',
  });
}

function splitName(name: string): Pick<MemberLocation, 'name' | 'key' | 'extension'> {
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  if (dot < 0) return { name, key: name, extension: '' };
  return { name, key: name.slice(0, dot), extension: name.slice(dot + 1) };
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}
