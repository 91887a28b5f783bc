import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installLibtensorflow } from './install-libtensorflow';
import { libtensorflowDir, markerPath } from './libtensorflow-release';
import type { Machine, RunResult } from './machine';

const WHEEL = 'not really a wheel';
const SHA256 = createHash('sha256').update(WHEEL).digest('hex');
const DONE: RunResult = { ok: true, stdout: '', message: '' };

describe('installLibtensorflow', () => {
  let root: string, cacheDir: string;
  const lines: string[] = [];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'winnow-install-'));
    cacheDir = join(root, 'cache');
    await mkdir(join(root, 'include'));
    await writeFile(join(root, 'include', 'node_api.h'), '');
    lines.length = 0;
  });
  afterEach(() => rm(root, { recursive: true }));

  /** Does what the programs would do to the disk; `failing` names a step that fails. */
  function machine(calls: string[][], failing?: string): Machine {
    const steps: Record<string, (args: readonly string[]) => Promise<void>> = {
      pip: (args) => writeFile(join(args.at(-2) as string, 'tensorflow_cpu.whl'), WHEEL),
      unpack: async (args) => {
        const folder = args[3] as string;
        await mkdir(join(folder, 'include'));
        await writeFile(join(folder, 'include', 'LICENSE'), 'Apache');
        await writeFile(join(folder, 'libtensorflow_cc.so.2'), 'library');
      },
      compile: (args) => writeFile(args.at(-1) as string, 'binding'),
      load: async () => undefined,
    };
    return {
      platform: 'linux',
      arch: 'x64',
      glibc: '2.36',
      headerDirs: [join(root, 'include')],
      freeBytes: async () => 5e9,
      async run(command, args) {
        if (args.includes('--version')) return DONE;
        calls.push([command, ...args]);
        const step =
          command === 'g++' ? 'compile' : args[0] === '-m' ? 'pip' : command === 'python3' ? 'unpack' : 'load';
        if (step === failing) return { ok: false, stdout: '', message: `${step} broke` };
        await steps[step]?.(args);
        return DONE;
      },
    };
  }
  const options = () => ({ cacheDir, log: (line: string) => void lines.push(line) });

  it('leaves the libraries, the binding, the licence and the marker', async () => {
    const calls: string[][] = [];
    await installLibtensorflow(options(), machine(calls), SHA256);
    const names = ['LICENSE', 'complete.json', 'libtensorflow_cc.so.2', 'tfjs_binding.node'];
    expect((await readdir(libtensorflowDir(cacheDir))).sort()).toEqual(names);
    expect(JSON.parse(await readFile(markerPath(cacheDir), 'utf8'))).toEqual({
      version: '2.21.0',
      wheelSha256: SHA256,
    });
    expect(await readdir(join(cacheDir, 'libtensorflow'))).toEqual(['2.21.0-cpu']);
    expect(calls[0]).toEqual(expect.arrayContaining(['pip', 'download', '--no-deps', 'tensorflow-cpu==2.21.0']));
    expect(calls[2]).toEqual(expect.arrayContaining(['-Wl,-rpath,$ORIGIN', '-l:libtensorflow_cc.so.2']));
    expect(lines).toEqual([
      'Fetching libtensorflow 2.21.0 (274 MB)',
      'Unpacking its libraries and compiling the binding',
    ]);
  });

  it('runs nothing where it is installed', async () => {
    await installLibtensorflow(options(), machine([]), SHA256);
    const calls: string[][] = [];
    await installLibtensorflow(options(), { ...machine(calls), platform: 'plan9' }, SHA256);
    expect(calls).toEqual([]);
  });

  it('refuses a wheel of another digest before it touches its contents', async () => {
    const calls: string[][] = [];
    await expect(installLibtensorflow(options(), machine(calls))).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining(SHA256),
    });
    expect(calls).toHaveLength(1);
    expect(existsSync(libtensorflowDir(cacheDir))).toBe(false);
  });

  it.each([
    ['pip', /^fetching tensorflow-cpu 2\.21\.0 with pip failed: pip broke$/],
    ['unpack', /^unpacking the wheel failed: unpack broke$/],
    ['compile', /^compiling the binding failed: compile broke$/],
    ['load', /^loading the binding failed: load broke$/],
  ])('gives the reason where %s fails, and leaves nothing', async (failing, reason) => {
    await expect(installLibtensorflow(options(), machine([], failing), SHA256)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringMatching(reason),
    });
    expect(await readdir(join(cacheDir, 'libtensorflow'))).toEqual([]);
  });

  it('says what is missing before it fetches anything', async () => {
    const calls: string[][] = [];
    const small = { ...machine(calls), freeBytes: async () => 1 };
    await expect(installLibtensorflow(options(), small)).rejects.toMatchObject({
      message: expect.stringContaining('1.5 GB are needed'),
    });
    expect(calls).toEqual([]);
  });

  it('reports progress and stops where it is aborted', async () => {
    const abort = new AbortController();
    const events: string[] = [];
    const progress = {
      start: ({ label, unit }: { label: string; unit: string }) => {
        events.push(`start ${label} ${unit}`);
        abort.abort();
        return { update: () => undefined, end: () => void events.push('end') };
      },
    };
    const installing = installLibtensorflow({ ...options(), progress, signal: abort.signal }, machine([], 'pip'));
    await expect(installing).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(events).toEqual(['start libtensorflow B', 'end']);
  });
});
