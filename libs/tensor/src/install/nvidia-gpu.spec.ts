import type { Machine } from '@winnow/files/native';
import { describeGpu, preferredVariant, whyNoGpu } from './nvidia-gpu';

const CLOSED = `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.154.05  Thu Dec 28 15:37:48 UTC 2023
GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)`;
const OPEN = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build  (builder@host)';
const OLD = 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 14:37:44 UTC 2024';
const LIBCUDA = '/usr/lib/x86_64-linux-gnu/libcuda.so.1';

/** One without a GPU, but for the changes; `smi` is what nvidia-smi prints. */
function machine({ smi, ...changes }: Partial<Machine> & { readonly smi?: string } = {}): Machine {
  return {
    platform: 'linux',
    arch: 'x64',
    glibc: '2.36',
    headerDirs: [],
    nvidiaModule: null,
    libcuda: null,
    run: async () => ({ ok: smi !== undefined, stdout: smi ?? '', message: '' }),
    freeBytes: async () => 9e9,
    ...changes,
  };
}

describe('preferredVariant', () => {
  it.each([
    ['cpu', {}],
    ['cuda', { nvidiaModule: CLOSED }],
    ['cuda', { libcuda: LIBCUDA }],
  ] as const)('is %s for %j', (variant, changes) => {
    expect(preferredVariant(machine(changes))).toBe(variant);
  });
});

describe('describeGpu', () => {
  it('says that there is no driver, and runs nothing', async () => {
    const run = () => Promise.reject(new Error('called'));
    expect(await describeGpu(machine({ run }))).toEqual({
      seen: false,
      driver: null,
      devices: [],
      missing: [expect.stringMatching(/^no NVIDIA driver is here/)],
    });
  });

  it.each([
    [CLOSED, '535.154.05'],
    [OPEN, '570.86.10'],
  ])('reads the driver of %j', async (nvidiaModule, driver) => {
    const smi = `${driver}, NVIDIA L4, 23034 MiB\n${driver}, NVIDIA L4, 23034 MiB\n`;
    expect(await describeGpu(machine({ nvidiaModule, libcuda: LIBCUDA, smi }))).toEqual({
      seen: true,
      driver,
      devices: ['NVIDIA L4, 23034 MiB', 'NVIDIA L4, 23034 MiB'],
      missing: [],
    });
  });

  it('takes the version from nvidia-smi where /proc has none, as under WSL', async () => {
    const smi = '551.23, NVIDIA GeForce RTX 4070, 12282 MiB\n';
    expect(await describeGpu(machine({ libcuda: '/usr/lib/wsl/lib/libcuda.so.1', smi }))).toMatchObject({
      driver: '551.23',
      missing: [],
    });
  });

  it('names a container without the GPU, an old driver and a silent nvidia-smi', async () => {
    const { driver, missing } = await describeGpu(machine({ nvidiaModule: OLD }));
    expect(driver).toBe('470.256.02');
    expect(missing).toEqual([
      expect.stringContaining('--gpus all'),
      expect.stringMatching(/470\.256\.02 is older than 525\.60\.13/),
      expect.stringContaining('names no GPU'),
    ]);
  });

  it.each([
    ['525.60.13', 0],
    ['525.60.11', 1],
    ['525.125.06', 0],
    ['530.1', 0],
    ['525.60', 1],
  ])('finds the driver %s wanting: %d', async (version, count) => {
    const nvidiaModule = `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Thu`;
    const smi = `${version}, NVIDIA T4, 15360 MiB`;
    expect((await describeGpu(machine({ nvidiaModule, libcuda: LIBCUDA, smi }))).missing).toHaveLength(count);
  });
});

describe('whyNoGpu', () => {
  it.each([
    [{}, 'no NVIDIA driver is here'],
    [{ nvidiaModule: CLOSED }, 'a driver runs here, but libcuda.so.1 is not to be seen'],
    [{ nvidiaModule: OLD, libcuda: LIBCUDA }, 'the driver 470.256.02 is older'],
    [{ nvidiaModule: CLOSED, libcuda: LIBCUDA }, '`nvidia-smi` and `winnow doctor`'],
  ])('gives the reason for %j', (changes, reason) => {
    expect(whyNoGpu(machine(changes))).toContain(reason);
  });

  it('gives the reason of libtensorflow where the machine shows none', () => {
    const said = `WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
E0000 00:00:1795537051.874901     610 cuda_platform.cc:52] failed call to cuInit: CUDA_ERROR_NO_DEVICE
`;
    expect(whyNoGpu(machine({ nvidiaModule: CLOSED, libcuda: LIBCUDA }), said)).toBe(
      'failed call to cuInit: CUDA_ERROR_NO_DEVICE',
    );
  });
});
