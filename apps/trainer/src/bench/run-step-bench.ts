import { cpus, availableParallelism } from 'node:os';
import { withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir, type EngineChoice, type EngineName, type KernelTime, profileKernels } from '@winnow/tensor';
import { startTensorEngine } from '../start-tensor-engine';
import { compareContenders, type ContenderFigures } from './compare-contenders';
import type { Contender } from './contender';
import { ourContender } from './our-contender';
import { pytorchContender } from './pytorch-contender';
import { pytorchPython } from './pytorch-environment';
import type { StepBench } from './step-bench';

/** With whom we are compared: PyTorch in both layouts, or ourselves on the engine tensorflow. */
type Opponent = 'pytorch' | 'tensorflow';

export interface StepBenchOptions {
  readonly engine: EngineChoice;
  readonly against: Opponent | null;
  readonly rounds: number;
  /** Also say where the time of one of our steps goes. */
  readonly profile: boolean;
}

export interface StepBenchResult extends StepBench {
  readonly engine: EngineName;
  readonly processor: string;
  readonly threads: number;
  readonly rounds: number;
  /** Ours first. */
  readonly contenders: readonly ContenderFigures[];
  /** Of one of our steps, if asked for; empty on engines that cannot tell. */
  readonly profile?: readonly KernelTime[];
}

/** Times a step of ours, and in turn with it those of the opponent on the same processors. */
export async function runStepBench(
  bench: StepBench,
  { engine: choice, against, rounds, profile }: StepBenchOptions,
  io: CommandIo,
): Promise<StepBenchResult> {
  const threads = availableParallelism();
  const quiet = { ...io, log: () => undefined };
  const { name: engine } = await startTensorEngine(choice, io);
  const select = (name: EngineName) => startTensorEngine(name, quiet);
  const ours = ourContender(bench, engine, { select, isAlone: against !== 'tensorflow', signal: io.signal });
  const contenders: Contender[] = [ours];
  try {
    if (against === 'tensorflow')
      contenders.push(ourContender(bench, 'tensorflow', { select, isAlone: false, signal: io.signal }));
    if (against === 'pytorch') {
      const python = await pytorchPython(defaultCacheDir(io.env), io);
      for (const channelsLast of [false, true]) {
        contenders.push(await pytorchContender(bench, { python, threads, channelsLast, signal: io.signal }));
      }
    }
    let done = 0;
    const figures = await withProgress(io.progress, { label: bench.kind, unit: 'rounds' }, (task) =>
      compareContenders(contenders, {
        rounds,
        signal: io.signal,
        onRound: (name, millis) => task.update((done += 1), `${name} ${millis.toFixed(1)} ms`),
      }),
    );
    await select(engine);
    return {
      ...bench,
      engine,
      processor: cpus()[0]?.model ?? 'unknown',
      threads,
      rounds,
      contenders: figures,
      ...(profile && { profile: profileKernels(ours.step) }),
    };
  } finally {
    for (const contender of contenders) contender.close();
  }
}
