import { availableParallelism } from 'node:os';
import type { CommandIo } from '@winnow/contracts';
import { type EngineChoice, type EngineName, type KernelTime, profileKernels } from '@winnow/tensor';
import { startTensorEngine } from '@winnow/trainer/bench';
import { machine, median, spread } from '../harness/figures';
import { inTurn, letEventsIn } from '../harness/in-turn';
import { pythonWith } from '../harness/python-environment';
import { PYTORCH } from '../harness/python-environments';
import { ourStep } from './our-step';
import { pytorchStep } from './pytorch-step';
import type { StepCompetitor, StepTask } from './step-task';

/** One program's steps. */
interface StepFigures {
  readonly name: string;
  /** Median over the rounds of each round's median, milliseconds. */
  readonly millis: number;
  /** Least and greatest median of a round, milliseconds. */
  readonly spread: readonly [number, number];
  readonly peakBytes: number | null;
}

/** With whom we are compared: PyTorch in both layouts, or ourselves on the engine tensorflow. */
type Opponent = 'pytorch' | 'tensorflow';

export interface StepOptions {
  readonly engine: EngineChoice;
  readonly against: Opponent | null;
  readonly rounds: number;
  /** Also say where the time of one of our steps goes. */
  readonly profile: boolean;
}

interface StepResult extends StepTask {
  readonly engine: EngineName;
  readonly processor: string;
  readonly threads: number;
  readonly rounds: number;
  /** Ours first. */
  readonly competitors: readonly StepFigures[];
  /** Our time by that of the first peer, PyTorch in its own layout: below 1 we are faster. */
  readonly ratio?: number;
  /** Of one of our steps, if asked for; empty on engines that cannot tell. */
  readonly profile?: readonly KernelTime[];
}

/** Times a step of ours, and in turn with it those of the opponent on the same processors. */
export async function runStep(
  bench: StepTask,
  { engine: choice, against, rounds, profile }: StepOptions,
  io: CommandIo,
): Promise<StepResult> {
  const threads = availableParallelism();
  const quiet = { ...io, log: () => undefined };
  const { name: engine } = await startTensorEngine(choice, io);
  const select = (name: EngineName) => startTensorEngine(name, quiet);
  const ours = ourStep(bench, engine, { select, isAlone: against !== 'tensorflow', signal: io.signal });
  const competitors: StepCompetitor[] = [ours];
  try {
    if (against === 'tensorflow')
      competitors.push(ourStep(bench, 'tensorflow', { select, isAlone: false, signal: io.signal }));
    if (against === 'pytorch') {
      const python = await pythonWith(PYTORCH, io);
      for (const channelsLast of [false, true]) {
        competitors.push(await pytorchStep(bench, { python, threads, channelsLast, signal: io.signal }));
      }
    }
    for (const competitor of competitors) {
      await letEventsIn(io.signal);
      await competitor.prepare();
    }
    const measured = await inTurn(competitors, { rounds, label: bench.kind, io }, async (competitor) => {
      const round = await competitor.round();
      const millis = median(round.millis);
      return { result: { ...round, millis }, say: `${competitor.name} ${millis.toFixed(1)} ms` };
    });
    await select(engine);
    const figures = competitors.map(({ name }, index): StepFigures => {
      const own = measured[index] ?? [];
      const millis = own.map((round) => round.millis);
      return { name, millis: median(millis), spread: spread(millis), peakBytes: own.at(-1)?.peakBytes ?? null };
    });
    const [first, peer] = figures as [StepFigures, StepFigures?];
    return {
      ...bench,
      engine,
      ...machine(),
      rounds,
      competitors: figures,
      ...(peer && { ratio: first.millis / peer.millis }),
      ...(profile && { profile: profileKernels(ours.step) }),
    };
  } finally {
    for (const competitor of competitors) competitor.close();
  }
}
