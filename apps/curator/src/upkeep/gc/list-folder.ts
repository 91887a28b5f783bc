import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** A file or folder with what it takes. */
export interface Found {
  readonly path: string;
  /** Of all files in it. */
  readonly sizeBytes: number;
  /** When it was changed, milliseconds since 1970; of a folder, when something last appeared in it. */
  readonly changedMillis: number;
  readonly isFolder: boolean;
}

/** What lies in a folder, by name; nothing where it is not there. Links are not followed. */
export async function listFolder(folder: string): Promise<readonly Found[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return [];
    throw error;
  });
  const found: Found[] = [];
  for (const name of names.sort()) {
    const entry = await describeFile(path.join(folder, name));
    if (entry !== null) found.push(entry);
  }
  return found;
}

/** All files below a folder, by path. */
export async function listFiles(folder: string): Promise<readonly Found[]> {
  const files: Found[] = [];
  for (const entry of await listFolder(folder)) {
    if (!entry.isFolder) files.push(entry);
    else for (const file of await listFiles(entry.path)) files.push(file);
  }
  return files;
}

/** What a file or folder is now; null where it is gone. */
export async function describeFile(file: string): Promise<Found | null> {
  const stats = await lstat(file).catch(() => null);
  if (stats === null) return null;
  const isFolder = stats.isDirectory();
  return { path: file, sizeBytes: isFolder ? 0 : stats.size, changedMillis: stats.mtimeMs, isFolder };
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  return (await listFiles(folder)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
