import { execFileSync } from 'node:child_process';

import type { GitState } from './run-manifest';

/** Commit and dirty flag of the checkout that holds `folder`; null where there is none or git is not installed. */
export function gitState(folder: string): GitState | null {
  const commit = git(folder, ['rev-parse', 'HEAD']);
  if (commit === null || !/^[0-9a-f]{40,64}$/.test(commit)) return null;
  const changes = git(folder, ['status', '--porcelain', '--untracked-files=no']);
  return { commit, dirty: changes !== '' };
}

function git(folder: string, argumentList: readonly string[]): string | null {
  try {
    // The optional lock would write into a checkout that is only being asked about.
    return execFileSync('git', ['--no-optional-locks', '-C', folder, ...argumentList], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trim();
  } catch {
    return null;
  }
}
