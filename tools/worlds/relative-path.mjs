import path from 'node:path';

/**
 * A file's path from the folder `out`, as world.json names it: with `/` on every system.
 * @param {string} parent real path of the folder that holds `out`
 * @param {string} out
 * @param {string} target
 */
export function relativePath(parent, out, target) {
  return path
    .relative(path.join(parent, path.basename(out)), target)
    .split(path.sep)
    .join('/');
}
