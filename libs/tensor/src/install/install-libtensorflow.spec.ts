import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  checkInstalled,
  isOwnGroup,
  type Machine,
  recordAddOn,
  type RunResult,
  thisMachinesAccounts,
} from '@winnow/files/native';
import { installLibtensorflow } from './install-libtensorflow';
import type { LibtensorflowRelease, LibtensorflowVariant } from './libtensorflow-release';
import {
  bindingName,
  bindingPath,
  LIBTENSORFLOW_RELEASES,
  libtensorflowDir,
  markerPath,
} from './libtensorflow-release';

const WHEEL = 'not really a wheel';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const SHA256 = sha256(WHEEL);
/** The releases, but with wheels that the machine below makes. */
const RELEASES = Object.fromEntries(
  Object.values(LIBTENSORFLOW_RELEASES).map((release) => [
    release.variant,
    { ...release, wheels: release.wheels.map((wheel) => ({ ...wheel, sha256: SHA256 })) },
  ]),
) as unknown as Record<LibtensorflowVariant, LibtensorflowRelease>;
const DONE: RunResult = { ok: true, stdout: '', message: '' };

function stepOf(command: string, args: readonly string[]): string {
  if (command === 'g++') return 'compile';
  if (command === 'python3') return args[1] === '-m' ? 'pip' : 'unpack';
  return command.endsWith('find_cuda_libraries') ? 'probe' : 'load';
}

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
      pip: (args) => writeFile(join(args.at(-2) as string, 'some.whl'), WHEEL),
      unpack: async (args) => {
        const [target, home, first] = args.slice(4) as [string, string, string];
        if (!first.startsWith('tensorflow/')) {
          await mkdir(join(target, first), { recursive: true });
          return;
        }
        await mkdir(join(home, 'include'));
        await writeFile(join(home, 'include', 'LICENSE'), 'Apache');
        await writeFile(join(home, 'libtensorflow_cc.so.2'), 'library');
      },
      compile: (args) => writeFile(args[args.indexOf('-o') + 1] as string, 'binding'),
      probe: async () => undefined,
      load: async () => undefined,
    };
    return {
      platform: 'linux',
      arch: 'x64',
      glibc: '2.36',
      headerDirs: [join(root, 'include')],
      nvidiaModule: null,
      libcuda: null,
      freeBytes: async () => 9e9,
      async run(command, args) {
        if (args.includes('--version')) return DONE;
        calls.push([command, ...args]);
        const step = stepOf(command, args);
        if (step === failing) return { ok: false, stdout: '', message: `${step} broke` };
        await steps[step]?.(args);
        return DONE;
      },
    };
  }
  const options = () => ({ cacheDir, log: (line: string) => void lines.push(line) });

  it('takes a cache of before, made under umask 002, where the group is the own one, and says so', async () => {
    await mkdir(cacheDir);
    await chmod(cacheDir, 0o775);
    const { gid } = await stat(cacheDir);
    const installing = installLibtensorflow(options(), machine([]), RELEASES);
    if (isOwnGroup(gid, await thisMachinesAccounts())) {
      await installing;
      expect(lines[0]).toMatch(/^Took the write permission of your group/);
    } else {
      await expect(installing).rejects.toMatchObject({ message: expect.stringContaining('may be changed by others') });
    }
  });

  it('leaves the libraries, the binding, the licence and the marker', async () => {
    const calls: string[][] = [];
    await installLibtensorflow(options(), machine(calls), RELEASES);
    const names = [
      'LICENSE',
      'capture_stderr.node',
      'include',
      'installed.json',
      'libtensorflow_cc.so.2',
      bindingName(),
    ];
    expect((await readdir(libtensorflowDir(cacheDir))).sort()).toEqual(names);
    expect(JSON.parse(await readFile(markerPath(cacheDir), 'utf8'))).toEqual({
      version: '2.21.0',
      variant: 'cpu',
      wheels: [{ package: 'tensorflow-cpu', version: '2.21.0', sha256: SHA256 }],
      files: {
        'capture_stderr.node': expect.objectContaining({ sha256: sha256('binding') }),
        'libtensorflow_cc.so.2': expect.objectContaining({ sha256: sha256('library'), sizeBytes: 7 }),
        [bindingName()]: expect.objectContaining({ sha256: sha256('binding') }),
      },
    });
    expect(await readdir(join(cacheDir, 'libtensorflow'))).toEqual(['2.21.0-cpu']);
    expect(calls[0]).toEqual(expect.arrayContaining(['pip', 'download', '--no-deps', 'tensorflow-cpu==2.21.0']));
    expect(calls[2]).toEqual(expect.arrayContaining(['-Wl,-rpath,$ORIGIN', '-l:libtensorflow_cc.so.2']));
    expect(lines).toEqual(['Fetching libtensorflow 2.21.0 (274 MB)', 'Compiling the binding']);
  });

  it('leaves nothing that the group may write, whatever the system has files made with', async () => {
    const before = process.umask(0o002);
    try {
      await installLibtensorflow(options(), machine([]), RELEASES);
    } finally {
      process.umask(before);
    }
    await checkInstalled({ folder: libtensorflowDir(cacheDir), cacheDir });
  });

  it('puts the libraries of CUDA beside those of TensorFlow', async () => {
    const calls: string[][] = [];
    await installLibtensorflow({ ...options(), variant: 'cuda' }, machine(calls), RELEASES);
    const folder = libtensorflowDir(cacheDir, 'cuda');
    expect((await readdir(folder)).sort()).toEqual(['installed.json', 'nvidia', 'tensorflow']);
    expect((await readdir(join(folder, 'nvidia'))).sort()).toEqual([
      ...['cublas', 'cuda_cupti', 'cuda_nvcc', 'cuda_nvrtc', 'cuda_runtime', 'cudnn', 'cufft', 'curand', 'cusolver'],
      ...['cusparse', 'nccl', 'nvjitlink', 'nvrtc'],
    ]);
    expect(await readlink(join(folder, 'nvidia', 'nvrtc'))).toBe('cuda_nvrtc');
    expect(await readlink(join(folder, 'nvidia/cusparse/lib/libcusolver.so.11'))).toBe(
      '../../cusolver/lib/libcusolver.so.11',
    );
    expect((await readdir(join(folder, 'tensorflow'))).sort()).toEqual([
      ...['LICENSE', 'capture_stderr.node', 'include', 'libtensorflow_cc.so.2', bindingName()],
    ]);
    const fetched = calls.filter((call) => call.includes('download')).map((call) => call.at(-1));
    expect(fetched).toEqual(RELEASES.cuda.wheels.map((wheel) => `${wheel.package}==${wheel.version}`));
    expect(lines[0]).toMatch(/^Fetching libtensorflow 2\.21\.0 for CUDA: 3341 MB .*NVIDIA's licence terms/);
  });

  it('takes the CUDA build where an NVIDIA driver is and nobody says which, with the way out', async () => {
    const withDriver = { ...machine([]), libcuda: '/usr/lib64/libcuda.so.1' };
    expect(await installLibtensorflow(options(), withDriver, RELEASES)).toBe('cuda');
    expect(lines[0]).toMatch(/^As an NVIDIA driver is here: fetching .*`--variant cpu` fetch 274 MB instead$/);
    expect(await installLibtensorflow(options(), machine([]), RELEASES)).toBe('cpu');
    expect((await readdir(join(cacheDir, 'libtensorflow'))).sort()).toEqual(['2.21.0-cpu', '2.21.0-cuda']);
  });

  it('refuses a CUDA build that would miss a library, and so the GPU', async () => {
    await expect(
      installLibtensorflow({ ...options(), variant: 'cuda' }, machine([], 'probe'), RELEASES),
    ).rejects.toMatchObject({ message: 'opening the libraries of CUDA failed: probe broke' });
    expect(await readdir(join(cacheDir, 'libtensorflow'))).toEqual([]);
  });

  it('leaves nothing of a CUDA build whose last wheel fails', async () => {
    const calls: string[][] = [];
    const works = machine(calls);
    const last = `${RELEASES.cuda.wheels.at(-1)?.package}`;
    const fails: Machine = {
      ...works,
      run: async (command, args) =>
        args.at(-1)?.startsWith(last) ? { ok: false, stdout: '', message: 'no route' } : works.run(command, args),
    };
    await expect(installLibtensorflow({ ...options(), variant: 'cuda' }, fails, RELEASES)).rejects.toMatchObject({
      message: expect.stringMatching(/^fetching nvidia-cuda-runtime-cu12 12\.\S+ with pip failed: no route$/),
    });
    expect(await readdir(join(cacheDir, 'libtensorflow'))).toEqual([]);
  });

  it('runs nothing where it is installed', async () => {
    await installLibtensorflow(options(), machine([]), RELEASES);
    const calls: string[][] = [];
    await installLibtensorflow(options(), { ...machine(calls), platform: 'plan9' }, RELEASES);
    expect(calls).toEqual([]);
  });

  it('compiles only the binding where it is not that of our sources, and drops the old one', async () => {
    await installLibtensorflow(options(), machine([]), RELEASES);
    const old = join(libtensorflowDir(cacheDir), 'tfjs_binding-000000000000.node');
    await rename(bindingPath(cacheDir), old);
    const calls: string[][] = [];
    await installLibtensorflow(options(), machine(calls), RELEASES);
    expect(calls.map(([command]) => command)).toEqual(['g++']);
    expect([existsSync(bindingPath(cacheDir)), existsSync(old)]).toEqual([true, false]);
    await checkInstalled({ folder: libtensorflowDir(cacheDir), cacheDir });
    await rm(bindingPath(cacheDir));
    await expect(installLibtensorflow(options(), machine([], 'compile'), RELEASES)).rejects.toMatchObject({
      message: 'compiling the binding failed: compile broke',
    });
  });

  it('can be checked while another process compiles, and after one that was killed before it recorded its binding', async () => {
    await installLibtensorflow(options(), machine([]), RELEASES);
    const check = (): Promise<void> => checkInstalled({ folder: libtensorflowDir(cacheDir), cacheDir });
    await rm(bindingPath(cacheDir));
    await recordAddOn(libtensorflowDir(cacheDir), 'capture_stderr.node');
    const { run, ...calm } = machine([]);
    const watched: Machine = { ...calm, run: async (...args) => run(...args).finally(check) };
    await installLibtensorflow(options(), watched, RELEASES);
    await check();

    const killed = await readFile(markerPath(cacheDir));
    await writeFile(bindingPath(cacheDir), 'of a process that was killed', { mode: 0o644 });
    const { files, ...about } = JSON.parse(killed.toString()) as { files: Record<string, unknown> };
    await writeFile(
      markerPath(cacheDir),
      JSON.stringify({ ...about, files: { ...files, [bindingName()]: undefined } }),
    );
    await installLibtensorflow(options(), machine([]), RELEASES);
    await check();
    expect(await readFile(bindingPath(cacheDir), 'utf8')).toBe('binding');
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
    ['unpack', /^unpacking tensorflow-cpu failed: unpack broke$/],
    ['compile', /^compiling the binding failed: compile broke$/],
    ['load', /^loading the binding failed: load broke$/],
  ])('gives the reason where %s fails, and leaves nothing', async (failing, reason) => {
    await expect(installLibtensorflow(options(), machine([], failing), RELEASES)).rejects.toMatchObject({
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
