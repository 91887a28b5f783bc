import { existsSync } from 'node:fs';

import * as tf from '@tensorflow/tfjs';

import type { EngineName } from './engine';
import { libtensorflowObstacles } from './libtensorflow-obstacles';
import { LIBTENSORFLOW, libtensorflowDir, markerPath } from './libtensorflow-release';
import type { Machine } from './machine';
import { thisMachine } from './machine';

export interface EngineReport {
  readonly engine: EngineName;
  /** It would start now. */
  readonly usable: boolean;
  readonly version: string;
  /** Where its native part lies or would lie; null where it has none outside the npm packages. */
  readonly path: string | null;
  /** Why it would not start; null where it would. */
  readonly reason: string | null;
  /** What an installation lacks, each with the remedy; empty where it is installed or could be at once. */
  readonly missing: readonly string[];
}

/**
 * What `winnow doctor` says of each engine, the fastest first. Loads no native code.
 * @param options.cacheDir see defaultCacheDir
 */
export async function describeEngines(
  options: { readonly cacheDir: string },
  machine: Machine = thisMachine(),
): Promise<readonly EngineReport[]> {
  const bundled = { usable: true, version: tf.version['tfjs-core'], path: null, reason: null, missing: [] };
  return [
    await describeTensorflow(options.cacheDir, machine),
    { engine: 'wasm', ...bundled },
    { engine: 'cpu', ...bundled },
  ];
}

async function describeTensorflow(cacheDir: string, machine: Machine): Promise<EngineReport> {
  const path = libtensorflowDir(cacheDir);
  const report = { engine: 'tensorflow', version: LIBTENSORFLOW.version, path } as const;
  if (existsSync(markerPath(cacheDir))) return { ...report, usable: true, reason: null, missing: [] };
  const missing = await libtensorflowObstacles(machine, cacheDir);
  const reason = missing.length > 0 ? 'not installed, and not installable yet' : 'not installed, but it could be';
  return { ...report, usable: false, reason, missing };
}
