import { realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * The file that a list names below a folder. Lists may be hostile: absolute paths, `..` and links that lead out of the
 * folder are no such file.
 * @param root as `realpath` gives it
 * @returns its real path; 'outside' for one that leads out, 'missing' for one that is not there
 */
export async function resolveInside(
  root: string,
  name: string,
): Promise<{ readonly ok: true; readonly file: string } | { readonly ok: false; readonly why: 'outside' | 'missing' }> {
  if (!isPlainPath(name)) return { ok: false, why: 'outside' };
  try {
    const file = await realpath(path.join(root, name));
    const inside = path.relative(root, file);
    const leadsOut = inside === '' || inside.split(path.sep)[0] === '..' || path.isAbsolute(inside);
    return leadsOut ? { ok: false, why: 'outside' } : { ok: true, file };
  } catch {
    return { ok: false, why: 'missing' };
  }
}

const MAX_PATH_CHARACTERS = 4096;

/** Whether a path is relative and cannot climb. */
export function isPlainPath(name: string): boolean {
  const isRelative =
    name !== '' && !/^[a-z]:/i.test(name) && !path.posix.isAbsolute(name) && !path.win32.isAbsolute(name);
  return (
    isRelative && name.length <= MAX_PATH_CHARACTERS && !name.includes('\0') && !name.split(/[/\\]/).includes('..')
  );
}
