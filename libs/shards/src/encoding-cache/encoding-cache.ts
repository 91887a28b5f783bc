import { createHash } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { compareText, isWinnowError } from '@winnow/contracts';
import { systemErrorCode } from '@winnow/files';
import { readMember } from '../read/read-member';
import { BLOCK_BYTES } from '../tar/tar-block';
import { tarEntryAt } from '../tar/tar-entry';
import type { MemberLocation } from '../tar/tar-entry';

/**
 * Folder, in a project's state, of images that were encoded while their originals were in memory: until the next build takes them.
 * Everything in it is made again where it is gone.
 */
export const ENCODING_CACHE = 'encoded';

/** Where those of one encoding are. @param identity of `encodingIdentity` */
export function encodingCacheFolder(stateDir: string, identity: string): string {
  return path.join(stateDir, ENCODING_CACHE, createHash('sha256').update(identity).digest('hex').slice(0, 16));
}

/** An image as a shard will hold it. */
export interface CachedImage {
  readonly extension: 'jpg' | 'png';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Name of a member: digest of the original, start of the digest of its own bytes. */
export function cachedName(
  sha256: string,
  { bytes, extension }: Pick<CachedImage, 'extension'> & { readonly bytes: Uint8Array },
): string {
  return `${sha256}.${checkOf(bytes)}.${extension}`;
}

/** Longer ones are no encoded images. */
const MAX_BYTES = 1 << 26;
const NAME = /^(?<sha256>[0-9a-f]{64})\.(?<check>[0-9a-f]{16})\.(?<extension>jpg|png)$/;

function checkOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

interface Cached {
  readonly file: string;
  readonly extension: CachedImage['extension'];
  readonly check: string;
  readonly offset: number;
  readonly length: number;
}

/** What was encoded ahead, by original. */
export class EncodingCache {
  readonly #cached: ReadonlyMap<string, Cached>;

  private constructor(cached: ReadonlyMap<string, Cached>) {
    this.#cached = cached;
  }

  /** Finds those of these originals. Files that end early are read as far as they go. @param wanted digests */
  static async find(stateDir: string, identity: string, wanted: ReadonlySet<string>): Promise<EncodingCache> {
    const folder = encodingCacheFolder(stateDir, identity);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.tar')).sort(compareText);
    const cached = new Map<string, Cached>();
    for (const name of names) {
      const file = path.join(folder, name);
      for await (const { name: member, offset, length } of membersOf(file)) {
        const { sha256 = '', check = '', extension } = NAME.exec(member)?.groups ?? {};
        if (!wanted.has(sha256) || length > MAX_BYTES) continue;
        cached.set(sha256, { file, check, extension: extension === 'png' ? 'png' : 'jpg', offset, length });
      }
    }
    return new EncodingCache(cached);
  }

  has(sha256: string): boolean {
    return this.#cached.has(sha256);
  }

  /** Of the originals that were found. */
  digests(): Iterable<string> {
    return this.#cached.keys();
  }

  /** The encoded image; null where it is not there, or not as it was written. */
  async read(sha256: string): Promise<CachedImage | null> {
    const found = this.#cached.get(sha256);
    if (found === undefined) return null;
    const bytes = await readMember(found.file, found.offset, found.length).catch(orNull);
    if (bytes === null || checkOf(bytes) !== found.check) return null;
    return { extension: found.extension, bytes: new Uint8Array(bytes) };
  }
}

/**
 * Removes what was encoded ahead; a crawl under way goes on with a new file.
 * @param identity of `encodingIdentity`; left out: for whichever encoding
 * @throws Error of the operating system
 */
export async function removeEncodingCache(stateDir: string, identity?: string): Promise<void> {
  const folder = identity === undefined ? path.join(stateDir, ENCODING_CACHE) : encodingCacheFolder(stateDir, identity);
  // Meanwhile another file may appear in it.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** Members up to the end of the file, or to where whoever wrote it was stopped. */
async function* membersOf(tarPath: string): AsyncGenerator<MemberLocation> {
  const file = await open(tarPath, 'r').catch(() => null);
  if (file === null) return;
  try {
    const tar = { path: tarPath, sizeBytes: (await file.stat()).size };
    for (let at = 0; at + BLOCK_BYTES <= tar.sizeBytes;) {
      const { kind, member, nextAt } = tarEntryAt(tar, at, await readMember(file, at, BLOCK_BYTES, tarPath));
      if (kind === 'end') return;
      if (member !== null) yield member;
      at = nextAt;
    }
  } catch (error) {
    orNull(error);
  } finally {
    await file.close();
  }
}

/** Damage is no error here, nor what cannot be read. */
function orNull(error: unknown): null {
  if (isWinnowError(error) || systemErrorCode(error) !== '') return null;
  throw error;
}
