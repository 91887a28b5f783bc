import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareText, type PicturePlace, WinnowError } from '@winnow/contracts';
import { readShardIndex } from '@winnow/shards';

/** A file and where its bytes are. */
interface NamedPlace {
  /** Path within the source, with slashes. */
  readonly name: string;
  readonly place: PicturePlace;
}

/** What a folder or tar holds. */
export interface PictureFiles {
  /** The folder that the places are in. */
  readonly folder: string;
  /** At any depth, by name. */
  readonly files: readonly NamedPlace[];
}

/**
 * Lists the files of a folder or tar, whatever their names.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID for a file that is no tar
 */
export async function listPictureFiles(source: string): Promise<PictureFiles> {
  const isFolder = await stat(source).then(
    (there) => there.isDirectory(),
    (cause: unknown) => {
      throw new WinnowError('FILE_NOT_FOUND', 'There are no pictures', {
        where: source,
        next: 'Check the path.',
        cause,
      });
    },
  );
  const files = isFolder ? await listFolder(source) : await listTar(source);
  return {
    folder: isFolder ? source : path.dirname(source),
    files: files.sort((a, b) => compareText(a.name, b.name)),
  };
}

async function listTar(source: string): Promise<NamedPlace[]> {
  const shard = path.basename(source);
  const members = await readShardIndex(source).catch((cause: unknown) => {
    throw new WinnowError('FORMAT_INVALID', 'It is neither a folder nor a tar', {
      where: source,
      next: 'Name a folder or tar of pictures.',
      cause,
    });
  });
  return members.map(({ name, offset, length }) => ({ name, place: { shard, offset, length } }));
}

async function listFolder(source: string): Promise<NamedPlace[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const shard = path.relative(source, file);
      return { name: shard, place: { shard, offset: 0, length: (await stat(file)).size } };
    }),
  );
}
