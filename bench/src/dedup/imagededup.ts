import path from 'node:path';
import type { Python } from '../harness/python-environment';
import { runJson } from '../harness/run-json';

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

/** Hashes and searches a folder in a process of its own. @throws WinnowError INTERNAL, INTERRUPTED */
export async function runImagededup(
  python: Python,
  { folder, method }: { readonly folder: string; readonly method: ImagededupMethod },
  signal: AbortSignal,
): Promise<ImagededupRun> {
  const named = ['--images', folder, '--method', method, '--thresholds', ...IMAGEDEDUP_THRESHOLDS.map(String)];
  return runJson<ImagededupRun>(await python.call([path.join(__dirname, 'imagededup.py'), ...named]), { signal });
}
