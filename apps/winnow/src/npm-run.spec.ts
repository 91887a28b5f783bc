import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CHECKOUT = path.resolve(__dirname, '../../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-npm-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run winnow', () => {
  it.each(['itself', 'by a link'])('takes paths from the folder of the person, JSON alone with -s: clone %s', (by) => {
    writeFileSync(path.join(folder, 'birds.txt'), 'robin\nwren\n');
    symlinkSync(CHECKOUT, path.join(folder, 'link'), 'junction');
    const clone = by === 'itself' ? CHECKOUT : path.join(folder, 'link');
    const { status, stdout } = spawnSync(
      'npm',
      ['--prefix', clone, 'run', '-s', 'winnow', '--', 'init', 'birds.txt', '--json'],
      { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder }, encoding: 'utf8' },
    );
    expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ classes: ['robin', 'wren'] })]);
    expect(existsSync(path.join(folder, 'birds.yaml'))).toBe(true);
  });
});
