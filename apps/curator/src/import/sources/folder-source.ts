import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { IMPORT_ENGINE, WinnowError } from '@winnow/contracts';
import type { SourceOptions } from '@winnow/contracts';
import { refuseSplitFolders } from './class-folders';
import { plainClassName } from './class-namer';
import type { ImportSource, ReadImage, SourceItem } from './import-source';
import { listFiles, visibleEntries } from './list-files';
import { readListedFile } from './read-listed-file';
import { IMAGE_EXTENSIONS } from './read-samples';
import { shorten } from '../shorten';

/**
 * A folder with one folder per class, images at any depth below.
 * @throws WinnowError FORMAT_INVALID where there are no such folders, or they are splits of a set
 */
export async function folderSource(source: string, { name, maxBytes }: SourceOptions): Promise<ImportSource> {
  const root = await realpath(source);
  const { folders, passedOver } = await classFolders(root);
  const classes = folders.map(({ className }) => className);
  if (classes.length === 0) {
    throw new WinnowError('FORMAT_INVALID', 'There are no folders of classes', {
      where: source,
      next: 'Put the images into one folder per class, or name a table that lists them.',
    });
  }
  refuseSplitFolders(classes, {
    where: source,
    next: `Import one of them, such as ${path.join(source, classes[0] ?? '')}.`,
  });
  return {
    kind: 'folder',
    engine: IMPORT_ENGINE,
    name: name ?? path.basename(root),
    notes: [`Folder per class: ${classes.length} classes.`],
    passedOver,
    classes: () => Promise.resolve(classes),
    async *items(): AsyncGenerator<SourceItem> {
      let rank = 0;
      for (const { folder, className, linked } of folders) {
        for (const file of await listFiles(linked ?? path.join(root, folder))) {
          rank += 1;
          const location = `${folder}/${file}`;
          const read = (): Promise<ReadImage> =>
            linked === null ? readListedFile(root, location, maxBytes) : readListedFile(linked, file, maxBytes);
          yield { location, rank, className, facts: {}, read, mayBeNoImage: !isNamedAsImage(file) };
        }
      }
    },
  };
}

/** Images that are not read: refused one by one, as somebody may miss them. */
const OTHER_IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(['heic', 'heif', 'jxl', 'jp2', 'psd', 'dng', 'cr2', 'nef']);

function isNamedAsImage(file: string): boolean {
  const extension = path.extname(file).slice(1).toLowerCase();
  return IMAGE_EXTENSIONS.has(extension) || OTHER_IMAGE_EXTENSIONS.has(extension);
}

interface ClassFolder {
  readonly folder: string;
  readonly className: string;
  /** Where a link leads, as `realpath` gives it. The person named the source, so links right in it are followed. */
  readonly linked: string | null;
}

/** @throws WinnowError FORMAT_INVALID where two of them have the same name but for blanks */
async function classFolders(
  root: string,
): Promise<{ readonly folders: readonly ClassFolder[]; readonly passedOver: number }> {
  const folders: ClassFolder[] = [];
  const byName = new Map<string, string>();
  const entries = await visibleEntries(root);
  for (const entry of entries) {
    const linked = entry.isSymbolicLink() ? await linkedFolder(path.join(root, entry.name)) : null;
    if (linked === null && !entry.isDirectory()) continue;
    const className = plainClassName(entry.name);
    const same = byName.get(className);
    if (same !== undefined) {
      throw new WinnowError(
        'FORMAT_INVALID',
        `Two folders stand for one class: ${[same, entry.name].map((name) => JSON.stringify(shorten(name))).join(' and ')}`,
        {
          where: root,
          next: 'Blanks around a name do not count; rename one of them.',
        },
      );
    }
    byName.set(className, entry.name);
    folders.push({ folder: entry.name, className, linked });
  }
  return { folders, passedOver: entries.length - folders.length };
}

async function linkedFolder(link: string): Promise<string | null> {
  try {
    const target = await realpath(link);
    return (await stat(target)).isDirectory() ? target : null;
  } catch {
    return null;
  }
}
