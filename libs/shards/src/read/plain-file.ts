import { lstat } from 'node:fs/promises';
import { fileSha256 } from '@winnow/files';
import type { FileSummary } from '../manifest/build-manifest';

/**
 * What a file lacks of its recorded size, told without reading it, to follow "the file"; null for nothing. A pipe never
 * ends, a folder cannot be read, a link may lead anywhere: they are no plain files, whatever their names.
 */
export async function sizeProblem(path: string, { sizeBytes }: Pick<FileSummary, 'sizeBytes'>): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return 'is missing';
  if (!found.isFile()) return 'is no plain file';
  return found.size === sizeBytes ? null : `has ${found.size} bytes, not ${sizeBytes}`;
}

/** The same of its recorded size and SHA-256, for which its bytes are read. @param onBytes told how many each read gave */
export async function fileProblem(
  path: string,
  { sizeBytes, sha256 }: Omit<FileSummary, 'name'>,
  onBytes?: (count: number) => void,
): Promise<string | null> {
  const problem = await sizeProblem(path, { sizeBytes });
  return problem ?? ((await fileSha256(path, onBytes)) === sha256 ? null : 'was changed');
}
