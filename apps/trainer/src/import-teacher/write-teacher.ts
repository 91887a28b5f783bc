import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type TeacherManifest, teacherManifestSchema, WinnowError } from '@winnow/contracts';
import { settleFolder, writeFileAtomic, writeWholeFolder } from '@winnow/files';
import { readTeacherManifest, readWeightsMetadata, sha256, TEACHER_FILE } from '@winnow/models';
import type { ImportJob } from './import-job';

/** Header entry of what an import wrote: what it was made from. */
export const IMPORTED = 'imported';

/**
 * Writes an imported teacher as a folder: teacher.json and the files that it names. It appears as a whole; one that was
 * imported before to the same place is replaced.
 * @throws WinnowError FILE_NOT_WRITABLE where something else is there, DISK_FULL; FORMAT_INVALID for a
 *   description that could not be read again
 */
export async function writeTeacherFolder(
  folder: string,
  about: Omit<TeacherManifest, 'format' | 'version' | 'files'>,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const described = [...files].map(([name, bytes]) => ({ name, sizeBytes: bytes.length, sha256: sha256(bytes) }));
  const manifest = teacherManifestSchema.safeParse({
    format: 'winnow-teacher',
    version: 1,
    ...about,
    files: described,
  });
  if (!manifest.success) {
    const issue = manifest.error.issues[0];
    throw new WinnowError('FORMAT_INVALID', `The teacher cannot be described: ${issue?.message}`, {
      where: issue?.path.join('.') ?? TEACHER_FILE,
      next: 'Correct the flag.',
    });
  }
  await settleFolder(folder);
  const mayReplace = () => requireFree(folder);
  await mayReplace();
  await writeWholeFolder(folder, mayReplace, async (draft) => {
    for (const [name, bytes] of files) await writeFileAtomic(path.join(draft, name), bytes);
    await writeFileAtomic(path.join(draft, TEACHER_FILE), `${JSON.stringify(manifest.data, null, 2)}\n`);
  });
}

/** @returns true where an imported teacher is to be replaced. @throws WinnowError FILE_NOT_WRITABLE for anything else */
async function requireFree(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return false;
  if (found.isDirectory() && (await holdsOnlyTeacher(folder))) return true;
  throw new WinnowError('FILE_NOT_WRITABLE', 'Something other than an imported teacher is there', {
    where: folder,
    next: 'Name another folder with --out.',
  });
}

/** An empty folder, or an imported teacher and nothing beside it: what is replaced must be ours to the last file. */
async function holdsOnlyTeacher(folder: string): Promise<boolean> {
  const entries = await readdir(folder);
  if (entries.length === 0) return true;
  const manifest = await readTeacherManifest(folder).catch(() => null);
  const own = [TEACHER_FILE, ...(manifest?.files ?? []).map(({ name }) => name)];
  return manifest !== null && entries.every((entry) => own.includes(entry));
}

/**
 * What is overwritten unasked must be a teacher that was imported before: one that was trained, or a student, may have
 * taken hours. The file that it comes from is never overwritten.
 * @throws WinnowError FILE_NOT_WRITABLE
 */
export async function requireReplaceable({ out, force }: ImportJob, source: string): Promise<void> {
  const there = await realpath(out).catch(() => null);
  if (there === null) return;
  if (there === (await realpath(source))) {
    throw new WinnowError('FILE_NOT_WRITABLE', 'The result would take the place of the file that it is made from', {
      where: out,
      next: 'Name another file with --out.',
    });
  }
  if (force || (await isImported(there))) return;
  throw new WinnowError('FILE_NOT_WRITABLE', 'Something other than an imported teacher is there', {
    where: out,
    next: 'Name another file with --out, or replace it with --force.',
  });
}

async function isImported(file: string): Promise<boolean> {
  return readFile(file)
    .then((bytes) => Object.hasOwn(readWeightsMetadata(bytes, file).raw, IMPORTED))
    .catch(() => false);
}
