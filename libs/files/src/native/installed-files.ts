import { lstat, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { WinnowError } from '@winnow/contracts';

import { fileSha256 } from '../file-digest';
import { requirePrivate } from './require-private';

/** Written last: says that a folder of the cache is complete, and what it holds, as JSON. */
export const MARKER_NAME = 'installed.json';

/** Code that a process loads: add-ons and libraries, `libcudart.so.12` too. */
const CODE = /\.node$|\.so(?:\.\d+)*$/;
/** Small, and compiled here: read at every start. */
const ADD_ON = /\.node$/;

/** A file of code as it was installed, in `installed.json`. */
interface InstalledFile {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** With the inode: while these two and the size stay, the content of a large library is not read again. */
  readonly mtimeMillis: number;
  readonly inode: number;
}

interface InstalledManifest {
  readonly [key: string]: unknown;
  /** By path within the folder. Installations of earlier versions have none. */
  readonly files?: Readonly<Record<string, InstalledFile>>;
}

/**
 * Writes `installed.json`, with the digests of all code in the folder.
 * @param about what else it says
 */
export async function writeInstalled(folder: string, about: Readonly<Record<string, unknown>>): Promise<void> {
  const files: Record<string, InstalledFile> = {};
  for (const name of await codeIn(folder)) files[name] = await describe(join(folder, name));
  await writeManifest(folder, { ...about, files });
}

/** Records an add-on that was compiled after the installation. @param name path within the folder */
export async function recordAddOn(folder: string, name: string): Promise<void> {
  const manifest = await readManifest(folder);
  if (manifest.files === undefined) return writeInstalled(folder, manifest);
  const there = await codeIn(folder);
  const kept = Object.entries(manifest.files).filter(([each]) => there.includes(each));
  const files = { ...Object.fromEntries(kept), [name]: await describe(join(folder, name)) };
  return writeManifest(folder, { ...manifest, files });
}

/** Whether a file is known to the installation, as all are to one of an earlier version. @param name path within the folder */
export async function isRecorded(folder: string, name: string): Promise<boolean> {
  const { files } = await readManifest(folder);
  return files === undefined || name in files;
}

/**
 * Holds an installation to its digests before anything of it is loaded: add-ons by their content, libraries, which take a
 * second a gigabyte, by size, time and inode, and by their content where those changed or `isThorough` asks for it. One of an earlier
 * version is taken as it is, and recorded.
 * @throws WinnowError ENGINE_UNAVAILABLE where a file is missing or has changed, or others may change it
 */
export async function checkInstalled(
  { folder, cacheDir }: { readonly folder: string; readonly cacheDir: string },
  { isThorough = false }: { readonly isThorough?: boolean } = {},
): Promise<void> {
  const names = await codeIn(folder);
  requirePrivate(cacheDir, [join(folder, MARKER_NAME), ...names.map((name) => join(folder, name))]);
  const { files, ...about } = await readManifest(folder);
  // A cache that cannot be written is read anew at every start.
  if (files === undefined) return writeInstalled(folder, about).catch(() => undefined);
  const moved: Record<string, InstalledFile> = {};
  for (const name of new Set([...names, ...Object.keys(files)])) {
    const now = await compare(join(folder, name), files[name], isThorough);
    if (now === 'changed') throw changed(folder, name);
    if (now !== 'same') moved[name] = now;
  }
  if (Object.keys(moved).length === 0) return;
  await writeManifest(folder, { ...about, files: { ...files, ...moved } }).catch(() => undefined);
}

/** @returns a description where the same content is elsewhere on the disk, or of another time */
async function compare(
  path: string,
  recorded: InstalledFile | undefined,
  isThorough: boolean,
): Promise<InstalledFile | 'same' | 'changed'> {
  const found = await lstat(path).catch(() => undefined);
  if (recorded === undefined || found === undefined) return 'changed';
  const isSame =
    found.size === recorded.sizeBytes && found.mtimeMs === recorded.mtimeMillis && found.ino === recorded.inode;
  if (isSame && !isThorough && !ADD_ON.test(path)) return 'same';
  const now = await describe(path);
  if (now.sha256 !== recorded.sha256) return 'changed';
  return isSame ? 'same' : now;
}

function changed(folder: string, name: string): WinnowError {
  return new WinnowError('ENGINE_UNAVAILABLE', `${name} in the cache is not what was installed`, {
    where: join(folder, name),
    next: `Remove ${folder} and run \`winnow doctor --install\`.`,
  });
}

/** Files of code by their paths within the folder; links to them are none. */
async function codeIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && CODE.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

async function describe(path: string): Promise<InstalledFile> {
  const { size, mtimeMs, ino } = await lstat(path);
  return { sha256: await fileSha256(path), sizeBytes: size, mtimeMillis: mtimeMs, inode: ino };
}

async function readManifest(folder: string): Promise<InstalledManifest> {
  const path = join(folder, MARKER_NAME);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as InstalledManifest;
  } catch {
    throw changed(folder, MARKER_NAME);
  }
}

async function writeManifest(folder: string, manifest: InstalledManifest): Promise<void> {
  const path = join(folder, MARKER_NAME);
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, `${JSON.stringify(manifest)}\n`, { mode: 0o644 });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
