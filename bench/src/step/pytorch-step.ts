import path from 'node:path';
import { startLineProcess } from '../harness/line-process';
import type { Python } from '../harness/python-environment';
import { type StepCompetitor, type StepRound, type StepTask, WARM_UP_STEPS } from './step-task';

export interface PytorchOptions {
  readonly python: Python;
  readonly threads: number;
  /** Images as NHWC in memory; default is PyTorch's own NCHW. */
  readonly channelsLast: boolean;
  readonly signal: AbortSignal;
}

/** The same step in a PyTorch process of its own, which waits for its turn on a pipe. */
export async function pytorchStep(
  bench: StepTask,
  { python, threads, channelsLast, signal }: PytorchOptions,
): Promise<StepCompetitor> {
  const call = await python.call([
    path.join(__dirname, 'step.py'),
    ...['--kind', bench.kind, '--model', bench.model, '--teacher', bench.teacher],
    ...['--batch', bench.batch, '--size', bench.size, '--classes', bench.classes].map(String),
    ...['--threads', threads, '--steps', bench.steps, '--warm-up', WARM_UP_STEPS].map(String),
    ...(channelsLast ? ['--channels-last'] : []),
  ]);
  const child = startLineProcess('PyTorch', call, signal);
  const round = (): Promise<StepRound> => {
    child.send('next');
    return child.next<StepRound>();
  };
  return {
    name: channelsLast ? 'pytorchChannelsLast' : 'pytorch',
    prepare: async () => void (await round()),
    round,
    close: child.kill,
  };
}
