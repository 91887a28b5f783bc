import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { blobPath } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { systemErrorCode } from '@winnow/files';

/** The bytes of an original, or why they are not to be used: a value, as other originals are still to be had. */
export type BlobRead =
  | { readonly ok: true; readonly bytes: Buffer }
  | {
      readonly ok: false;
      readonly problem: 'missing' | 'changed' | 'unreadable';
      readonly file: string;
      /** One line without a stop, such as `the original was changed since it was stored`. */
      readonly detail: string;
    };

const DETAILS = {
  missing: 'the original is missing',
  changed: 'the original was changed since it was stored',
  unreadable: 'the original cannot be read',
} as const;

const REPAIR_ADVICE = 'Run `winnow verify PROJECT --repair`; what that cannot bring back, import or crawl again.';

/** Reads a whole file of a blob store and compares it with the digest that names it. Never rejects for a bad file. */
export async function readBlob(folder: string, sha256: string): Promise<BlobRead> {
  const file = blobPath(folder, sha256);
  const failed = (problem: keyof typeof DETAILS): BlobRead => ({ ok: false, problem, file, detail: DETAILS[problem] });
  try {
    // A pipe would be waited for without end.
    if (!(await stat(file)).isFile()) return failed('unreadable');
    const bytes = await readFile(file);
    return createHash('sha256').update(bytes).digest('hex') === sha256 ? { ok: true, bytes } : failed('changed');
  } catch (error) {
    return failed(systemErrorCode(error) === 'ENOENT' ? 'missing' : 'unreadable');
  }
}

/** The bytes of an original that is needed. @throws WinnowError DATA_CORRUPT where it is gone or was changed */
export async function requireBlob(folder: string, sha256: string): Promise<Buffer> {
  const read = await readBlob(folder, sha256);
  if (read.ok) return read.bytes;
  throw new WinnowError('DATA_CORRUPT', `An original cannot be used: ${read.detail}`, {
    where: read.file,
    next: REPAIR_ADVICE,
  });
}
