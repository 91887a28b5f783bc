import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Folder for what is fetched once for all projects: `WINNOW_CACHE`, else `XDG_CACHE_HOME/winnow`, else
 * `~/.cache/winnow`; absolute.
 */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  if (env['WINNOW_CACHE']) return resolve(env['WINNOW_CACHE']);
  if (env['XDG_CACHE_HOME']) return resolve(env['XDG_CACHE_HOME'], 'winnow');
  return join(env['HOME'] || homedir(), '.cache', 'winnow');
}
