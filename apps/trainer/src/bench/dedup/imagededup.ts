import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CommandIo } from '@winnow/contracts';
import { letEventsIn } from '../compare-contenders';
import { pythonWith, type PythonWithPackages } from '../python-environment';

export const IMAGEDEDUP_METHODS = ['phash', 'dhash'] as const;
export type ImagededupMethod = (typeof IMAGEDEDUP_METHODS)[number];

/** Thresholds of its documentation: identical hashes, and its default. */
export const IMAGEDEDUP_THRESHOLDS = [0, 10] as const;

/** What one run of it took and found. */
export interface ImagededupRun {
  /** By file name, 16 hex digits each. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Decoding and hashing all files. */
  readonly hashSeconds: number;
  readonly searches: readonly { readonly threshold: number; readonly seconds: number; readonly pairs: number }[];
  /** Of the process and its children together. */
  readonly peakBytes: number;
}

const VERSION = '0.3.3.post2';
const TORCH = ['torch==2.14.1', 'torchvision==0.29.1'];

/** A Python with imagededup in the cache. @throws WinnowError ENGINE_UNAVAILABLE, INTERRUPTED */
export async function imagededupPython(
  cacheDir: string,
  io: Pick<CommandIo, 'log' | 'signal'>,
): Promise<PythonWithPackages> {
  return pythonWith(
    {
      title: `imagededup ${VERSION}`,
      cacheDir,
      folder: path.join(cacheDir, 'imagededup', VERSION),
      packages: [`imagededup==${VERSION}`, ...TORCH],
      option: '--against imagededup',
    },
    io,
  );
}

/** Hashes and searches a folder in a process of its own. @param out file for its answer, not in the folder */
export async function runImagededup(
  python: PythonWithPackages,
  { folder, method, out }: { readonly folder: string; readonly method: ImagededupMethod; readonly out: string },
  signal: AbortSignal,
): Promise<ImagededupRun> {
  const thresholds = IMAGEDEDUP_THRESHOLDS.map(String);
  const named = ['--pictures', folder, '--method', method, '--out', out, '--thresholds', ...thresholds];
  const { command, args, cwd } = await python('dedup.py', named);
  await promisify(execFile)(command, args, { cwd, signal, maxBuffer: 1 << 24 }).catch(async (error: unknown) => {
    await letEventsIn(signal);
    throw error;
  });
  return JSON.parse(await readFile(out, 'utf8')) as ImagededupRun;
}
