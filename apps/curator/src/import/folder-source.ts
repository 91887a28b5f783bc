import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { IMPORT_ENGINE, WinnowError } from '@winnow/contracts';
import type { ImportSource, SourceItem, SourceOptions } from './import-source';
import { listFiles, visibleEntries } from './list-files';
import { readListedFile } from './read-listed-file';

const SPLIT_NAMES: ReadonlySet<string> = new Set([
  'train',
  'training',
  'test',
  'testing',
  'val',
  'valid',
  'validation',
]);

/**
 * A folder with one folder per class, pictures at any depth below.
 * @throws WinnowError FORMAT_INVALID where there are no such folders, or they are splits of a set
 */
export async function folderSource(source: string, { name, maxBytes }: SourceOptions): Promise<ImportSource> {
  const root = await realpath(source);
  const classes = (await visibleEntries(root)).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (classes.length === 0) {
    throw new WinnowError('FORMAT_INVALID', 'There are no folders of classes', {
      where: source,
      next: 'Put the pictures into one folder per class, or name a table that lists them.',
    });
  }
  if (classes.every((className) => SPLIT_NAMES.has(className.toLowerCase()))) {
    throw new WinnowError('FORMAT_INVALID', `The folders are parts of a set, not classes: ${classes.join(', ')}`, {
      where: source,
      next: `Import one of them, such as ${path.join(source, classes[0] ?? '')}.`,
    });
  }
  return {
    kind: 'folder',
    engine: IMPORT_ENGINE,
    name: name ?? path.basename(root),
    notes: [`Folder per class: ${classes.length} classes.`],
    classes: () => Promise.resolve(classes),
    async *items(): AsyncGenerator<SourceItem> {
      let rank = 0;
      for (const className of classes) {
        for (const file of await listFiles(path.join(root, className))) {
          rank += 1;
          const place = `${className}/${file}`;
          yield { place, rank, className, facts: {}, read: () => readListedFile(root, place, maxBytes) };
        }
      }
    },
  };
}
