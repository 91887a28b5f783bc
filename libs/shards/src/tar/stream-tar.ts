import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { systemErrorCode } from '@winnow/files';

/** A file in a tar of any origin. */
export interface StreamedMember {
  /** As the tar states it, without `./` before it: may be anything. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Null where it was not wanted, or is larger than allowed. */
  readonly bytes: Buffer | null;
  /** Of what is no plain file: symlink, link, character-device and so on. */
  readonly special?: string;
}

export interface StreamTarOptions {
  /** Largest member that is read. */
  readonly maxBytes: number;
  /** Default: all. */
  readonly wanted?: (name: string) => boolean;
  /** Whether links and devices are named too. Default: they are passed over. */
  readonly special?: boolean;
}

/**
 * Reads the files of a tar, gzipped or not, from its beginning to its end: also those of other programs, with extended
 * headers, which `readShardIndex` refuses. Links and devices are never followed.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID where it is damaged
 */
export async function* streamTar(
  file: string,
  { maxBytes, wanted, special }: StreamTarOptions,
): AsyncGenerator<StreamedMember> {
  const input = await openInput(file);
  const tar = extract();
  input.on('error', (error) => tar.destroy(error));
  input.pipe(tar as unknown as Writable);
  try {
    for await (const entry of tar) {
      const { type, size = 0 } = entry.header;
      // As `tar cf x.tar ./folder` writes them.
      const name = entry.header.name.replace(/^(?:\.\/)+/, '');
      const isWanted = type === 'file' && size <= maxBytes && (wanted?.(name) ?? true);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) {
        if (isWanted) chunks.push(chunk as Buffer);
      }
      if (type === 'file') yield { name, sizeBytes: size, bytes: isWanted ? Buffer.concat(chunks) : null };
      else if (special === true && isSpecial(type)) yield { name, sizeBytes: 0, bytes: null, special: type };
    }
  } catch (cause) {
    if (isWinnowError(cause)) throw cause;
    throw new WinnowError('FORMAT_INVALID', `The tar cannot be read: ${(cause as Error).message}`, {
      where: file,
      next: 'Get the file again.',
      cause,
    });
  } finally {
    input.destroy();
    tar.destroy();
  }
}

function isSpecial(type: string | null | undefined): type is string {
  return typeof type === 'string' && type !== 'file' && type !== 'directory';
}

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

async function openInput(file: string): Promise<Readable> {
  const start = Buffer.alloc(GZIP_MAGIC.length);
  try {
    const handle = await open(file, 'r');
    try {
      await handle.read(start, 0, start.length, 0);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (systemErrorCode(cause) === '') throw cause;
    throw new WinnowError('FILE_NOT_FOUND', 'The tar cannot be read', { where: file, next: 'Check the path.', cause });
  }
  const plain = createReadStream(file, { highWaterMark: 1 << 18 });
  if (!start.equals(GZIP_MAGIC)) return plain;
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  plain.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => plain.destroy());
  return plain.pipe(unpacked);
}
