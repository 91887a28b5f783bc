import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CHECKOUT = path.resolve(__dirname, '../../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-npm-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run winnow', () => {
  it('takes paths from the folder in which the person is, and prints JSON alone with -s', () => {
    writeFileSync(path.join(folder, 'birds.txt'), 'robin\nwren\n');
    const { status, stdout } = spawnSync(
      'npm',
      ['--prefix', CHECKOUT, 'run', '-s', 'winnow', '--', 'init', 'birds.txt', '--json'],
      { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder }, encoding: 'utf8' },
    );
    expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ classes: ['robin', 'wren'] })]);
    expect(existsSync(path.join(folder, 'birds.yaml'))).toBe(true);
  });
});
