import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { compareText, importRecordSchema } from '@winnow/contracts';
import type { ImportRecord } from '@winnow/contracts';
import { fileError, systemErrorCode, writeFileAtomic } from '@winnow/files';

const FOLDER = 'imports';

/**
 * Remembers an import; one of the same source, by its name and where it lies, replaces it.
 * @param stateDir the project's `.winnow`
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE
 */
export async function recordImport(stateDir: string, record: ImportRecord): Promise<void> {
  const folder = path.join(stateDir, FOLDER);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  const { project, source, origin } = record;
  const unplaced = path.join(folder, fileName([project, source]));
  const file = origin === undefined ? unplaced : path.join(folder, fileName([project, source, origin.path]));
  await writeFileAtomic(file, `${JSON.stringify(record, null, 2)}\n`);
  if (file === unplaced) return;
  // Earlier versions named the file by the source alone: theirs of this very source would count twice.
  const earlier = await readRecord(unplaced);
  if (earlier !== null && (earlier.origin?.path ?? origin?.path) === origin?.path) await rm(unplaced, { force: true });
}

function fileName(key: readonly string[]): string {
  return `${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16)}.json`;
}

/**
 * Remembered imports of a project, by the name of the source, then by where it lies; imports of earlier versions are
 * missing, damaged files passed over.
 */
export async function listImports(stateDir: string, project: string): Promise<readonly ImportRecord[]> {
  const folder = path.join(stateDir, FOLDER);
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw fileError(error, folder);
  });
  const files = names.filter((name) => name.endsWith('.json'));
  const records = await Promise.all(files.map((name) => readRecord(path.join(folder, name))));
  return records
    .filter((record) => record !== null)
    .filter((record) => record.project === project)
    .sort((a, b) => compareText(a.source, b.source) || compareText(a.origin?.path ?? '', b.origin?.path ?? ''));
}

/** Null where the file is missing or damaged. */
async function readRecord(file: string): Promise<ImportRecord | null> {
  try {
    return importRecordSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}
