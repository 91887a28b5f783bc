import { defaultCacheDir } from '@winnow/files/native';
import type { EngineName } from './engine';
import { installedVariants } from '../install/libtensorflow-release';
import { startEngine } from './start-engine';

/** The part of a test runner that this needs. */
interface TestGlobals {
  readonly describe: ((name: string, define: () => void) => void) & {
    readonly skip: (name: string, define: () => void) => void;
  };
  beforeAll(start: () => Promise<unknown>): void;
}

/**
 * For specs: defines a block of tests once for each engine, started before its first test. Where libtensorflow is not
 * in the cache (WINNOW_CACHE or the default), its block counts as skipped.
 * @param engines default: the two that train, tensorflow and wasm
 */
export function onEngines(
  define: (engine: EngineName) => void,
  engines: readonly EngineName[] = ['tensorflow', 'wasm'],
): void {
  const { describe, beforeAll } = globalThis as unknown as TestGlobals;
  const cacheDir = defaultCacheDir(process.env);
  for (const engine of engines) {
    const missing = engine === 'tensorflow' && installedVariants(cacheDir).length === 0;
    const block = missing ? describe.skip : describe;
    block(missing ? `on ${engine} (needs libtensorflow in the cache)` : `on ${engine}`, () => {
      beforeAll(() => startEngine(engine, { cacheDir, log: () => undefined }));
      define(engine);
    });
  }
}
