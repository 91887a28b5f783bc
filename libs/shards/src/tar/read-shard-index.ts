import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { readFailure, REBUILD_SHARD } from '../io-failure';
import { readMember } from '../read/read-member';
import { BLOCK_BYTES } from './tar-block';
import { requireEnd, requireRoom, tarEntryAt } from './tar-entry';
import type { MemberLocation, TarFile } from './tar-entry';

/** Enough for the headers that follow an image: of its label, of its JSON and of the next image. */
const WINDOW_BYTES = 8192;

/**
 * Lists the files of a tar with their places, reading headers only.
 * @throws WinnowError DATA_CORRUPT with shard and offset: bad header, data or end missing; FILE_NOT_FOUND
 */
export async function readShardIndex(tarPath: string): Promise<MemberLocation[]> {
  const file = await open(tarPath, 'r').catch((error: unknown) => {
    throw readFailure(error, tarPath, REBUILD_SHARD);
  });
  try {
    return await readMembers(file, { path: tarPath, sizeBytes: (await file.stat()).size });
  } finally {
    await file.close();
  }
}

async function readMembers(file: FileHandle, tar: TarFile): Promise<MemberLocation[]> {
  const members: MemberLocation[] = [];
  let window: Buffer = Buffer.alloc(0);
  let windowAt = 0;
  const blockAt = async (at: number): Promise<Buffer> => {
    if (at < windowAt || at + BLOCK_BYTES > windowAt + window.length) {
      window = await readMember(file, at, Math.min(WINDOW_BYTES, tar.sizeBytes - at), tar.path);
      windowAt = at;
    }
    return window.subarray(at - windowAt, at - windowAt + BLOCK_BYTES);
  };
  for (let at = 0; ;) {
    requireRoom(tar, at);
    const { kind, member, nextAt } = tarEntryAt(tar, at, await blockAt(at));
    if (member !== null) members.push(member);
    if (kind === 'end') {
      requireEnd(tar, nextAt, await blockAt(nextAt));
      return members;
    }
    at = nextAt;
  }
}
