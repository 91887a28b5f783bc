import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareText, type ImageLocation, WinnowError } from '@winnow/contracts';
import { readMember, readShardIndex } from '@winnow/shards';

/** A file of a folder, or a member of a tar. */
export interface ImageFile {
  /** Path within the source, with slashes. */
  readonly name: string;
  /** Folder that `location` is in. */
  readonly folder: string;
  readonly location: ImageLocation;
  read(): Promise<Uint8Array>;
}

/**
 * Lists the files of a folder or tar at any depth, by name, whatever they hold.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID for a file that is no tar
 */
export async function listImageFiles(source: string): Promise<readonly ImageFile[]> {
  const isFolder = await stat(source).then(
    (there) => there.isDirectory(),
    (cause: unknown) => {
      throw new WinnowError('FILE_NOT_FOUND', 'There are no images', { where: source, next: 'Check the path.', cause });
    },
  );
  const folder = isFolder ? source : path.dirname(source);
  const found = isFolder ? await listFolder(source) : await listTar(source);
  return found
    .map(([name, location]) => ({
      name,
      folder,
      location,
      read: () => readMember(path.join(folder, location.shard), location.offset, location.length),
    }))
    .sort((a, b) => compareText(a.name, b.name));
}

/** Those of them that are JPEG files by their names. */
export async function listJpegFiles(source: string): Promise<readonly ImageFile[]> {
  return (await listImageFiles(source)).filter(({ name }) => /\.jpe?g$/i.test(name));
}

type Found = readonly (readonly [name: string, location: ImageLocation])[];

async function listTar(source: string): Promise<Found> {
  const shard = path.basename(source);
  const members = await readShardIndex(source).catch((cause: unknown) => {
    throw new WinnowError('FORMAT_INVALID', 'It is neither a folder nor a tar', {
      where: source,
      next: 'Name a folder or tar of images.',
      cause,
    });
  });
  return members.map(({ name, offset, length }) => [name, { shard, offset, length }]);
}

async function listFolder(source: string): Promise<Found> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const file = path.join(parentPath, name);
        const shard = path.relative(source, file);
        return [shard, { shard, offset: 0, length: (await stat(file)).size }] as const;
      }),
  );
}
