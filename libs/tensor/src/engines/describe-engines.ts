import { relative } from 'node:path';

import { isWinnowError, type WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

import type { EngineName } from './engine';
import { checkInstalled, isRecorded, type Machine, thisMachine } from '@winnow/files/native';
import { libtensorflowObstacles } from '../install/libtensorflow-obstacles';
import type { LibtensorflowVariant } from '../install/libtensorflow-release';
import {
  bindingPath,
  downloadBytes,
  installedVariants,
  LIBTENSORFLOW_PROCESSORS,
  LIBTENSORFLOW_VARIANTS,
  libtensorflowDir,
  libtensorflowReleases,
} from '../install/libtensorflow-release';
import { preferredVariant } from '../install/nvidia-gpu';

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

export interface VariantReport {
  readonly variant: LibtensorflowVariant;
  readonly installed: boolean;
  readonly path: string;
  /** What an installation would fetch. */
  readonly downloadBytes: number;
  /** Room that an installation needs. */
  readonly neededBytes: number;
  /** What an installation lacks, each with the remedy; empty where it is installed or could be at once. */
  readonly missing: readonly string[];
}

interface DescribeOptions {
  /** See defaultCacheDir. */
  readonly cacheDir: string;
}

/** What `winnow doctor` says of each engine, the fastest first. Reads every file of an installation. Loads no native code. */
export async function describeEngines(
  options: DescribeOptions,
  machine: Machine = thisMachine(),
): Promise<readonly EngineReport[]> {
  const bundled = { usable: true, version: tf.version['tfjs-core'], path: null, reason: null, missing: [] };
  return [await describeTensorflow(options, machine), { engine: 'wasm', ...bundled }, { engine: 'cpu', ...bundled }];
}

/** What `winnow doctor` says of each build of libtensorflow, that for GPUs first. */
export function describeVariants(
  { cacheDir }: DescribeOptions,
  machine: Machine = thisMachine(),
): Promise<readonly VariantReport[]> {
  const installed = installedVariants(cacheDir);
  return Promise.all(
    LIBTENSORFLOW_VARIANTS.filter(
      (variant) => variant === 'cpu' || LIBTENSORFLOW_PROCESSORS[variant].includes(machine.arch),
    ).map(async (variant) => {
      const release = libtensorflowReleases(machine)[variant];
      const there = installed.includes(variant);
      return {
        variant,
        installed: there,
        path: libtensorflowDir(cacheDir, variant),
        downloadBytes: downloadBytes(release),
        neededBytes: release.neededBytes,
        missing: there ? [] : await libtensorflowObstacles(machine, cacheDir, release),
      };
    }),
  );
}

/** What keeps an installation from being loaded, by the whole content of its files. */
async function damageOf(index: { readonly folder: string; readonly cacheDir: string }): Promise<WinnowError | null> {
  return checkInstalled(index, { isThorough: true }).then(
    () => null,
    (error: unknown) => {
      if (isWinnowError(error)) return error;
      throw error;
    },
  );
}

async function describeTensorflow({ cacheDir }: DescribeOptions, machine: Machine): Promise<EngineReport> {
  const [installed] = installedVariants(cacheDir);
  const variant = installed ?? preferredVariant(machine);
  const release = libtensorflowReleases(machine)[variant];
  const report = { engine: 'tensorflow', version: release.version, path: libtensorflowDir(cacheDir, variant) } as const;
  if (installed) {
    const obstacle = await damageOf({ folder: libtensorflowDir(cacheDir, installed), cacheDir });
    if (obstacle === null) return { ...report, usable: true, reason: null, missing: [] };
    const name = relative(report.path, bindingPath(cacheDir, installed));
    const isKnown = await isRecorded(report.path, name).catch(() => true);
    const next = isKnown ? (obstacle.next ?? '') : 'Run `winnow doctor --install`, which compiles the binding again.';
    return { ...report, usable: false, reason: obstacle.message, missing: [next] };
  }
  const missing = await libtensorflowObstacles(machine, cacheDir, release);
  const reason = missing.length > 0 ? 'not installed, and not installable yet' : 'not installed, but it could be';
  return { ...report, usable: false, reason, missing };
}
