import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonValue, Outcome } from '@winnow/contracts';
import { fileError } from './file-error';
import { systemErrorCode } from './system-error-code';
import { writeFileAtomic } from './write-file-atomic';

/** What the last import of a source came to, as far as the database does not hold it. */
export interface ImportRecord {
  readonly project: string;
  /** Name of the source, as in the provenance of its images. */
  readonly source: string;
  /** `folder`, `table` and so on. */
  readonly kind: string;
  /** Items that could not be used, by outcome. */
  readonly refused: Readonly<Partial<Record<Outcome, number>>>;
  /** Where the source was, absolute, and how it was read: to read it again where an original is lost. */
  readonly origin?: { readonly path: string; readonly options: JsonValue };
}

const FOLDER = 'imports';

/**
 * Remembers an import; one of the same source replaces it.
 * @param stateDir the project's `.winnow`
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE
 */
export async function recordImport(stateDir: string, record: ImportRecord): Promise<void> {
  const name = createHash('sha256')
    .update(JSON.stringify([record.project, record.source]))
    .digest('hex');
  const folder = path.join(stateDir, FOLDER);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  await writeFileAtomic(path.join(folder, `${name.slice(0, 16)}.json`), `${JSON.stringify(record, null, 2)}\n`);
}

/** Remembered imports of a project, by source name; imports of earlier versions are missing, damaged files passed over. */
export async function listImports(stateDir: string, project: string): Promise<readonly ImportRecord[]> {
  const folder = path.join(stateDir, FOLDER);
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw fileError(error, folder);
  });
  const records = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name): Promise<ImportRecord | null> => {
        try {
          return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as ImportRecord;
        } catch {
          return null;
        }
      }),
  );
  return records
    .filter((record) => record !== null)
    .filter((record) => record.project === project)
    .sort((a, b) => (a.source < b.source ? -1 : 1));
}
