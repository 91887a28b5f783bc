import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '@winnow/files';

/** A file or folder with what it takes. */
export interface Found {
  readonly path: string;
  /** Of a folder: 0 unless it was measured. */
  readonly sizeBytes: number;
  /** When it was changed, milliseconds since 1970; of a folder, when something last appeared in it. */
  readonly changedMillis: number;
  readonly isFolder: boolean;
}

/** What lies in a folder, by name; nothing where it is not there. Links are not followed. */
export async function listFolder(folder: string): Promise<readonly Found[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error))) return [];
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

/** Folders, there or gone, with the bytes of all files below them. */
export async function measureFolders(folders: readonly string[]): Promise<readonly Found[]> {
  const measured: Found[] = [];
  for (const folder of folders) {
    const sizeBytes = (await listFiles(folder)).reduce((sum, file) => sum + file.sizeBytes, 0);
    const { changedMillis = 0 } = (await describeFile(folder)) ?? {};
    measured.push({ path: folder, sizeBytes, changedMillis, isFolder: true });
  }
  return measured;
}
