import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const WINNOW = path.resolve(__dirname, '../bin/winnow.js');
const hasPip = spawnSync('python3', ['-I', '-m', 'pip', '--version']).status === 0;

describe('Python modules in the current folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-beside-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  (hasPip ? it : it.skip)('are not run, by their name or by PYTHONPATH (needs Python with pip)', () => {
    const images = path.join(folder, 'images');
    const ran = path.join(folder, 'ran');
    mkdirSync(images);
    for (const name of ['pip.py', 'json.py', 'os.py', 'sitecustomize.py', 'zipfile.py']) {
      writeFileSync(path.join(images, name), `open(${JSON.stringify(ran)}, "w").write(${JSON.stringify(name)})\n`);
    }
    const cacheDir = path.join(folder, 'cache');
    const { status, stdout } = spawnSync(process.execPath, [WINNOW, 'doctor', '--json'], {
      cwd: images,
      env: { PATH: process.env['PATH'], HOME: folder, WINNOW_CACHE: cacheDir, PYTHONPATH: images },
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(existsSync(ran)).toBe(false);
    expect(stdout).not.toContain('install python3-pip');
    expect(statSync(path.join(cacheDir, 'python-cwd')).mode & 0o777).toBe(0o700);
  });

  it('cannot be run by another way to start Python: there is one', () => {
    const starts = sourceFiles().filter((file) =>
      /['"](?:\/\S+\/)?python3?['"]\s*[,)]/.test(readFileSync(file, 'utf8')),
    );
    expect(starts.map((file) => path.relative(ROOT, file)).sort()).toEqual([
      // Paths of interpreters in the cache, handed to isolatedPython.
      'bench/src/harness/python-environment.ts',
    ]);
  });
});

function sourceFiles(): string[] {
  return ['apps', 'bench', 'libs', 'tools'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs|cjs|js)$/.test(name) && !/\.spec\.ts$|node_modules|(^|\/)dist\//.test(name))
      .map((name) => path.join(ROOT, folder, name)),
  );
}
