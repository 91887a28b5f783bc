import { compareText } from '@winnow/contracts';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

const MAX_DEPTH = 32;

/**
 * Files below a folder, hidden ones left out, as paths between slashes in code-unit order. Links to folders are not
 * followed; links to files are listed.
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

/** What a folder holds, in code-unit order. */
export async function visibleEntries(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => compareText(a.name, b.name));
}
