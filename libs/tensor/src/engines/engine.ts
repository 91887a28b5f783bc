import type { ProgressSink } from '@winnow/contracts';

import type { LibtensorflowVariant } from '../install/libtensorflow-release';

/** Engines from the fastest to the one that always works. */
export const ENGINE_NAMES = ['tensorflow', 'wasm', 'cpu'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What a person may ask for; `auto` takes the first of ENGINE_NAMES that starts. */
export type EngineChoice = 'auto' | EngineName;

export interface EngineOptions {
  /** Where libtensorflow lies or will lie; see defaultCacheDir. */
  readonly cacheDir: string;
  /** One line for the person. */
  log(line: string): void;
  /** Fetch and build libtensorflow, the CPU build, if no build is in the cache yet. Default false. */
  readonly install?: boolean;
  readonly progress?: ProgressSink;
  readonly signal?: AbortSignal;
}

export interface PassedOver {
  readonly engine: EngineName;
  /** Why it does not run here, and what to do about it. */
  readonly reason: string;
}

export interface EngineInfo {
  readonly name: EngineName;
  /** libtensorflow's version, or that of the tfjs backend. */
  readonly version: string;
  readonly device: 'cpu' | 'cuda';
  /** Threads that one kernel may use. */
  readonly threads: number;
  /** Faster engines that do not run here; empty where one was asked for by name. */
  readonly passedOver: readonly PassedOver[];
  /** The build of libtensorflow; only the engine tensorflow has one. */
  readonly build?: LibtensorflowVariant;
  /** Why a GPU does not compute although something here is made for one; absent where there is nothing to say. */
  readonly withoutGpu?: string;
}
