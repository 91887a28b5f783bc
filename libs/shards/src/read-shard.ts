import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { SampleRecord } from '@winnow/contracts';
import { readFailure, REBUILD_SHARD } from './io-failure';
import { readMember } from './read-member';
import { IMAGE_EXTENSIONS } from './shard-record';
import type { ImageExtension } from './shard-record';
import { BLOCK_BYTES } from './tar-block';
import { corruptTar, requireEnd, requireRoom, tarEntryAt } from './tar-entry';
import type { MemberPlace, TarFile } from './tar-entry';

/** A sample as it is read from a shard. */
export interface StreamedSample {
  readonly key: string;
  readonly extension: ImageExtension;
  /** The encoded picture; a view on several MiB that stay in memory as long as it: copy what is kept for long. */
  readonly bytes: Uint8Array;
  /** Index of the class. */
  readonly label: number;
  /** What the shard keeps beside the picture. @throws WinnowError DATA_CORRUPT */
  record(): SampleRecord;
}

/** Few large reads; several of these are in memory at once. */
const WINDOW_BYTES = 4 << 20;

/**
 * Reads a shard from its beginning to its end, in large pieces, the next one while the last is used. Needs no index.
 * @throws WinnowError DATA_CORRUPT with shard and offset: as `readShardIndex`, or a sample without picture, label or JSON;
 * FILE_NOT_FOUND
 */
export async function* readShard(tarPath: string): AsyncGenerator<StreamedSample, void, undefined> {
  const file = await open(tarPath, 'r').catch((error: unknown) => {
    throw readFailure(error, tarPath, REBUILD_SHARD);
  });
  let ahead: Promise<Buffer> | null = null;
  try {
    const tar: TarFile = { path: tarPath, sizeBytes: (await file.stat()).size };
    const groups = new SampleGroups(tarPath);
    let at = 0;
    ahead = readWindow(file, tar, { at, needed: 0 });
    while (ahead !== null) {
      const window: Buffer = await ahead;
      const { members, nextAt, needed, isEnd } = parseWindow(tar, at, window);
      at = nextAt;
      ahead = isEnd ? null : readWindow(file, tar, { at, needed });
      for (const member of members) {
        const sample = groups.add(member);
        if (sample !== null) yield sample;
      }
    }
    const last = groups.end();
    if (last !== null) yield last;
  } finally {
    await ahead?.catch(() => undefined);
    await file.close();
  }
}

function readWindow(
  file: FileHandle,
  tar: TarFile,
  { at, needed }: { readonly at: number; readonly needed: number },
): Promise<Buffer> {
  const length = Math.min(Math.max(WINDOW_BYTES, needed), tar.sizeBytes - at);
  const read = readMember(file, at, Math.max(0, length), tar.path);
  // Whoever waits for it gets its failure; until then it is nobody's.
  read.catch(() => undefined);
  return read;
}

interface TarMember extends MemberPlace {
  readonly data: Buffer;
}

interface ParsedWindow {
  readonly members: readonly TarMember[];
  /** Of the first header that is not in the window with all its data. */
  readonly nextAt: number;
  /** Bytes from there on that its data end at. */
  readonly needed: number;
  readonly isEnd: boolean;
}

/** @param from place of the window in the tar */
function parseWindow(tar: TarFile, from: number, window: Buffer): ParsedWindow {
  const members: TarMember[] = [];
  const blockAt = (at: number): Buffer => window.subarray(at - from, at - from + BLOCK_BYTES);
  const end = from + window.length;
  let at = from;
  for (;;) {
    requireRoom(tar, at);
    if (at + 2 * BLOCK_BYTES > end) return { members, nextAt: at, needed: 0, isEnd: false };
    const { kind, member, nextAt } = tarEntryAt(tar, at, blockAt(at));
    if (kind === 'end') {
      requireEnd(tar, nextAt, blockAt(nextAt));
      return { members, nextAt, needed: 0, isEnd: true };
    }
    if (nextAt > end) return { members, nextAt: at, needed: nextAt - at, isEnd: false };
    if (member !== null) {
      const { offset, length } = member;
      members.push({ ...member, data: window.subarray(offset - from, offset - from + length) });
    }
    at = nextAt;
  }
}

/** Puts members in a row that share a key together. */
class SampleGroups {
  readonly #path: string;
  #members: TarMember[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** @returns the sample that ended before this member */
  add(member: TarMember): StreamedSample | null {
    const isNew = this.#members.length > 0 && this.#members[0]?.key !== member.key;
    const sample = isNew ? this.end() : null;
    this.#members.push(member);
    return sample;
  }

  end(): StreamedSample | null {
    const members = this.#members;
    this.#members = [];
    return members[0] === undefined ? null : new TarSample(this.#path, members);
  }
}

const PICTURES: ReadonlySet<string> = new Set(IMAGE_EXTENSIONS);

class TarSample implements StreamedSample {
  readonly key: string;
  readonly extension: ImageExtension;
  readonly bytes: Uint8Array;
  readonly label: number;
  readonly #path: string;
  readonly #json: TarMember;

  constructor(path: string, members: readonly TarMember[]) {
    const picture = required(path, members, (extension) => PICTURES.has(extension));
    const label = required(path, members, (extension) => extension === 'cls');
    const digits = label.data.toString('latin1');
    if (!/^\d{1,9}$/.test(digits))
      throw corruptTar(path, label.offset, `the label of "${picture.key}" is not a number`);
    this.key = picture.key;
    this.extension = picture.extension as ImageExtension;
    this.bytes = picture.data;
    this.label = Number(digits);
    this.#path = path;
    this.#json = required(path, members, (extension) => extension === 'json');
  }

  record(): SampleRecord {
    try {
      return JSON.parse(this.#json.data.toString('utf8')) as SampleRecord;
    } catch {
      throw corruptTar(this.#path, this.#json.offset, `the JSON of "${this.key}" cannot be read`);
    }
  }
}

function required(path: string, members: readonly TarMember[], is: (extension: string) => boolean): TarMember {
  const found = members.find(({ extension }) => is(extension));
  if (found !== undefined) return found;
  const [first] = members as readonly [TarMember];
  throw corruptTar(path, first.offset, `the sample "${first.key}" lacks its picture, label or JSON`);
}
