import { blobPath } from '@winnow/config';
import { requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import type { OriginalFile } from '@winnow/db';
import { fileSha256 } from '@winnow/files';
import { plainFileBytes } from '@winnow/shards';
import type { VerifyProblem } from './compare-rows';

/** Read at once. */
const AT_ONCE = 4;

/**
 * Reads every original and compares it with its digest and its recorded size.
 * @throws WinnowError INTERRUPTED
 */
export async function verifyOriginals(
  files: readonly OriginalFile[],
  { blobsDir, io }: { readonly blobsDir: string; readonly io: Pick<CommandIo, 'progress' | 'signal'> },
): Promise<readonly VerifyProblem[]> {
  const problems: VerifyProblem[] = [];
  const shown = { label: 'verify originals', total: files.length, unit: 'images' };
  await withProgress(io.progress, shown, async (task) => {
    for (let from = 0; from < files.length; from += AT_ONCE) {
      requireUninterrupted(io.signal, 'Stopped while verifying');
      const part = files.slice(from, from + AT_ONCE);
      const found = await Promise.all(part.map((file) => problemOf(blobPath(blobsDir, file.sha256), file)));
      problems.push(...found.flatMap((problem) => problem ?? []));
      task.update(from + part.length);
    }
  });
  return problems;
}

async function problemOf(path: string, { sha256, sizeBytes }: OriginalFile): Promise<VerifyProblem | null> {
  const problem = (text: string): VerifyProblem => ({
    ...{ file: path, problem: `the original ${text}`, kind: 'original', sha256 },
  });
  const size = await plainFileBytes(path);
  if (size === 'missing') return problem('is missing');
  if (size === 'no plain file') return problem('is no plain file');
  if (size !== sizeBytes) return problem(`has ${size} bytes, not ${sizeBytes}`);
  return (await fileSha256(path)) === sha256 ? null : problem('was changed');
}
