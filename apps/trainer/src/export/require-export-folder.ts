import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { exportManifestSchema, WinnowError } from '@winnow/contracts';
import type { ExportManifest } from '@winnow/contracts';
import { sha256 } from '@winnow/models';
import { EXPORT_FILE, exportEntry, type ExportKind, kindName } from './export-job';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/**
 * What is at `folder` must be nothing, an empty folder, or an earlier export as it was written and of no format or
 * precision that the new one lacks.
 * @returns true where something is there to be replaced
 * @throws WinnowError FILE_NOT_WRITABLE
 */
export async function requireExportFolder(folder: string, kinds: readonly ExportKind[]): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return false;
  const entries = found.isDirectory() ? await readdir(folder) : null;
  if (entries?.length === 0) return true;
  const manifest = entries === null ? null : await readExportManifest(folder);
  if (manifest === null || manifest === 'damaged' || !(await isUnchanged(folder, manifest))) {
    throw new WinnowError('FILE_NOT_WRITABLE', 'Something other than an export as winnow wrote it is there', {
      where: folder,
      next: 'Name another folder with --out.',
    });
  }
  const written = new Set(kinds.map(exportEntry));
  const lost = manifest.exports.filter((kind) => !written.has(exportEntry(kind))).map(kindName);
  if (lost.length === 0) return true;
  throw new WinnowError('FILE_NOT_WRITABLE', `An earlier export is there, and its ${lost.join(', ')} would be lost`, {
    where: folder,
    next: `Export ${[...lost, ...kinds.map(kindName)].join(', ')} together (--format, --precision), or name another folder with --out.`,
  });
}

/** What an export says of itself; null where there is no such plain file, `damaged` where it is not as winnow writes it. */
export async function readExportManifest(folder: string): Promise<ExportManifest | 'damaged' | null> {
  const bytes = await readOwn(path.join(folder, EXPORT_FILE), MAX_MANIFEST_BYTES);
  if (bytes === null) return null;
  try {
    return exportManifestSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? 'damaged';
  } catch {
    return 'damaged';
  }
}

/** Every file is one that the manifest lists, byte by byte; a file that somebody changed is no longer ours. */
async function isUnchanged(folder: string, { exports, card }: ExportManifest): Promise<boolean> {
  const files = [...exports.flatMap((one) => one.files), ...(card === undefined ? [] : [card])];
  const listed = new Map(files.map((file) => [file.name, file] as const));
  const folders = new Set(files.map(({ name }) => path.posix.dirname(name)));
  for (const entry of await readdir(folder, { recursive: true })) {
    const name = entry.split(path.sep).join('/');
    if (name === EXPORT_FILE) continue;
    if (folders.has(name) && (await lstat(path.join(folder, entry))).isDirectory()) continue;
    const file = listed.get(name);
    if (file === undefined) return false;
    const bytes = await readOwn(path.join(folder, entry), file.sizeBytes);
    if (bytes === null || sha256(bytes) !== file.sha256) return false;
  }
  return true;
}

/** @returns null for anything but a plain file of at most so many bytes */
async function readOwn(file: string, maxBytes: number): Promise<Uint8Array | null> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isFile() === true && found.size <= maxBytes ? readFile(file) : null;
}
