import type { Dirent } from 'node:fs';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareText, WinnowError } from '@winnow/contracts';
import { shorten } from '../shorten';

const MAX_DEPTH = 32;

/**
 * Files below a folder, hidden ones left out, as paths between slashes in code-unit order. Links to folders are not
 * followed; links to files are listed. @throws WinnowError FORMAT_INVALID for a folder whose name is not UTF-8
 */
export async function listFiles(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) return;
    for (const entry of await visibleEntries(path.join(root, folder))) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await visit(name, depth + 1);
      else found.push(name);
    }
  };
  await visit('', 0);
  return found.sort(compareText);
}

/** What a folder holds, in code-unit order. @throws WinnowError FORMAT_INVALID for a folder in it whose name is not UTF-8 */
export async function visibleEntries(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    // Node puts U+FFFD where a name is not UTF-8: there is nothing of the name that then stands there.
    if (!entry.isDirectory() || !entry.name.includes('\ufffd') || existsSync(path.join(folder, entry.name))) continue;
    throw new WinnowError(
      'FORMAT_INVALID',
      `The name of a folder is not in UTF-8: ${JSON.stringify(shorten(entry.name))}`,
      {
        where: folder,
        next: 'Rename it.',
      },
    );
  }
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => compareText(a.name, b.name));
}
