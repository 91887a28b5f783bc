import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';
import { readFailure, REBUILD_SHARD } from './io-failure';
import { readMember } from './read-member';
import { BLOCK_BYTES, END_BYTES, paddedBytes } from './tar-block';
import { decodeTarHeader } from './tar-header';

/** A file in a tar. */
export interface MemberPlace {
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

/**
 * Lists the files of a tar with their places, reading headers only.
 * @throws WinnowError DATA_CORRUPT with shard and offset: bad header, data or end missing; FILE_NOT_FOUND
 */
export async function readShardIndex(tarPath: string): Promise<MemberPlace[]> {
  const file = await open(tarPath, 'r').catch((error: unknown) => {
    throw readFailure(error, tarPath, REBUILD_SHARD);
  });
  try {
    return await readMembers(file, tarPath, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function readMembers(file: FileHandle, tarPath: string, fileBytes: number): Promise<MemberPlace[]> {
  const members: MemberPlace[] = [];
  let at = 0;
  for (;;) {
    if (at + END_BYTES > fileBytes) throw corrupt(tarPath, at, 'the tar has no end mark');
    const block = await readMember(file, at, BLOCK_BYTES, tarPath);
    if (isZero(block)) break;
    const header = decodeTarHeader(block);
    if (header === null) throw corrupt(tarPath, at, 'not a tar header');
    const offset = at + BLOCK_BYTES;
    at = offset + paddedBytes(header.sizeBytes);
    if (at > fileBytes) throw corrupt(tarPath, offset, `"${header.name}" is cut off`);
    if (header.typeFlag === '5') continue;
    if (header.typeFlag !== '0') throw corrupt(tarPath, offset - BLOCK_BYTES, `entry type "${header.typeFlag}"`);
    members.push({ ...splitName(header.name), offset, length: header.sizeBytes });
  }
  if (!isZero(await readMember(file, at + BLOCK_BYTES, BLOCK_BYTES, tarPath))) {
    throw corrupt(tarPath, at + BLOCK_BYTES, 'the end mark of the tar is broken');
  }
  return members;
}

function splitName(name: string): Pick<MemberPlace, 'name' | 'key' | 'extension'> {
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  if (dot < 0) return { name, key: name, extension: '' };
  return { name, key: name.slice(0, dot), extension: name.slice(dot + 1) };
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function corrupt(tarPath: string, offset: number, message: string): WinnowError {
  return new WinnowError('DATA_CORRUPT', message, {
    where: `${tarPath}, offset ${offset}`,
    next: 'Remove the folder of the build and run `winnow build`: it makes it again from the originals.',
  });
}
