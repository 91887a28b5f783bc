import { lstat } from 'node:fs/promises';

/**
 * Size of a file that can be read to its end. A pipe never ends, a folder cannot be read, a link may lead anywhere: they
 * are no plain files, whatever their names.
 */
export async function plainFileBytes(path: string): Promise<number | 'missing' | 'no plain file'> {
  return lstat(path).then(
    (stats) => (stats.isFile() ? stats.size : 'no plain file'),
    () => 'missing',
  );
}
