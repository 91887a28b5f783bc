import { lstatSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, sep } from 'node:path';

import { WinnowError } from '@winnow/contracts';

const GROUP_OR_WORLD_WRITE = 0o022;
const WORLD_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Refuses what is about to be loaded from the cache where somebody else could have changed it: the paths and every folder
 * between them and the cache must belong to this user or root and be writable by their owner only, and no folder above the
 * cache may let everybody rename it. Does nothing on systems without POSIX owners.
 * @param paths within the cache; links count as themselves and as what they lead to
 * @throws WinnowError ENGINE_UNAVAILABLE naming the first such path
 */
export function requirePrivate(cacheDir: string, paths: readonly string[]): void {
  const user = process.geteuid?.();
  if (user === undefined) return;
  for (const path of new Set(paths.flatMap((each) => [each, ...foldersUpTo(cacheDir, each)]))) {
    for (const { uid, mode, isLink } of [infoOf(path, lstatSync), infoOf(path, statSync)]) {
      if (uid !== user && uid !== 0) throw refusal(path, `belongs to another user (${uid})`, cacheDir);
      // A link has no permissions of its own.
      if (!isLink && (mode & GROUP_OR_WORLD_WRITE) !== 0) throw refusal(path, 'may be changed by others', cacheDir);
    }
  }
  for (let folder = dirname(cacheDir); folder !== dirname(folder); folder = dirname(folder)) {
    const { mode } = infoOf(folder, statSync);
    if ((mode & WORLD_WRITE) !== 0 && (mode & STICKY) === 0) {
      throw refusal(folder, 'lets everybody rename what is in it', cacheDir);
    }
  }
}

function infoOf(path: string, read: typeof statSync | typeof lstatSync) {
  const found = read(path);
  return { uid: found.uid, mode: found.mode, isLink: found.isSymbolicLink() };
}

/** The cache and every folder between it and the path. */
function foldersUpTo(cacheDir: string, path: string): string[] {
  const inside = relative(cacheDir, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return [];
  const folder = dirname(path);
  return [folder, ...foldersUpTo(cacheDir, folder)];
}

function refusal(path: string, what: string, cacheDir: string): WinnowError {
  return new WinnowError('ENGINE_UNAVAILABLE', `Nothing is loaded from the cache, as ${path} ${what}`, {
    where: path,
    next: `If nobody has changed it: \`chmod -R go-w ${cacheDir}\` and \`chown\` it to you; else remove it, or set WINNOW_CACHE to a folder of yours.`,
  });
}
