import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { gitState } from './git-state';

describe('gitState', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'winnow-git-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is null outside a checkout', () => {
    expect(gitState(root)).toBeNull();
    expect(gitState(join(root, 'absent'))).toBeNull();
  });

  it('tells the commit, and changes to tracked files', () => {
    const git = (...argumentList: string[]): string =>
      execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...argumentList], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    git('init', '-q');
    writeFileSync(join(root, 'a'), '1');
    git('add', 'a');
    git('commit', '-q', '-m', 'a', '--no-verify', '--no-gpg-sign');
    writeFileSync(join(root, 'untracked'), '1');
    expect(gitState(root)).toEqual({ commit: git('rev-parse', 'HEAD'), dirty: false });
    writeFileSync(join(root, 'a'), '2');
    expect(gitState(root)?.dirty).toBe(true);
  });
});
