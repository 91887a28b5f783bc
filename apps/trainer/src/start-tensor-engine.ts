import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir, startEngine } from '@winnow/tensor';
import type { EngineChoice, EngineInfo } from '@winnow/tensor';

/** Starts what computes the tensors; the fastest engine is set up on first need. */
export async function startTensorEngine(choice: EngineChoice, io: CommandIo): Promise<EngineInfo> {
  return startEngine(choice, {
    cacheDir: defaultCacheDir(io.env),
    log: io.log,
    install: true,
    progress: io.progress,
    signal: io.signal,
  });
}
