import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleManifestSchema, compareText, WinnowError } from '@winnow/contracts';
import type { BundleManifest } from '@winnow/contracts';
import { fileSha256 } from '@winnow/files';

/** Lists the others. */
export const BUNDLE_FILE = 'bundle.json';
const MAX_LIST_BYTES = 1 << 20;

/** What a folder holds, by name. */
export async function listBundle(
  folder: string,
  told: Pick<BundleManifest, 'project' | 'run' | 'build'>,
): Promise<BundleManifest> {
  const files = await Promise.all(
    (await filesBelow(folder)).map(async (name) => {
      const file = path.join(folder, name);
      return { name, sizeBytes: (await lstat(file)).size, sha256: await fileSha256(file) };
    }),
  );
  return { format: 'winnow-bundle', version: 1, ...told, files };
}

/**
 * What is at `folder` must be nothing, an empty folder, or a bundle as it was written.
 * @returns true where something is there to be replaced
 * @throws WinnowError FILE_NOT_WRITABLE
 */
export async function requireBundleFolder(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return false;
  if (found.isDirectory() && ((await readdir(folder)).length === 0 || (await isUnchanged(folder)))) return true;
  throw new WinnowError('FILE_NOT_WRITABLE', 'Something other than a bundle as winnow wrote it is there', {
    where: folder,
    next: 'Name another folder with --out.',
  });
}

async function isUnchanged(folder: string): Promise<boolean> {
  const bundle = await readBundle(path.join(folder, BUNDLE_FILE));
  if (bundle === null) return false;
  const there = (await filesBelow(folder)).filter((name) => name !== BUNDLE_FILE);
  if (there.join('\n') !== bundle.files.map(({ name }) => name).join('\n')) return false;
  for (const { name, sizeBytes, sha256 } of bundle.files) {
    const file = path.join(folder, name);
    const found = await lstat(file);
    if (!found.isFile() || found.size !== sizeBytes || (await fileSha256(file)) !== sha256) return false;
  }
  return true;
}

async function readBundle(file: string): Promise<BundleManifest | null> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size > MAX_LIST_BYTES) return null;
  try {
    return bundleManifestSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Names of all that is no folder, with `/`, sorted. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort(compareText);
}
