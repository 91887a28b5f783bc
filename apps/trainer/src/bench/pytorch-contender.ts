import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WinnowError } from '@winnow/contracts';
import { letEventsIn } from './compare-contenders';
import type { Contender } from './contender';
import type { PythonWithPackages } from './python-environment';
import { type StepBench, WARM_UP_STEPS } from './step-bench';

export interface PytorchOptions {
  readonly python: PythonWithPackages;
  readonly threads: number;
  /** Pictures as NHWC in memory; default is PyTorch's own NCHW. */
  readonly channelsLast: boolean;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly millis: readonly number[];
  readonly peakBytes: number;
}

/** The same step in a PyTorch process of its own, which waits for its turn on a pipe. */
export async function pytorchContender(
  bench: StepBench,
  { python, threads, channelsLast, signal }: PytorchOptions,
): Promise<Contender> {
  const { command, args, cwd } = await python('step.py', [
    ...['--kind', bench.kind, '--model', bench.model, '--teacher', bench.teacher],
    ...['--batch', bench.batch, '--size', bench.size, '--classes', bench.classes].map(String),
    ...['--threads', threads, '--steps', bench.steps, '--warm-up', WARM_UP_STEPS].map(String),
    ...(channelsLast ? ['--channels-last'] : []),
  ]);
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  child.on('error', (error) => (said = error.message));
  // A process that is gone shows in the missing answer.
  child.stdin.on('error', () => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let peakBytes: number | null = null;
  const ask = async (): Promise<Answer> => {
    child.stdin.write('next\n');
    const line = await answers.next();
    if (line.done !== true) return JSON.parse(line.value) as Answer;
    // Ctrl-C on a terminal ends the child too.
    await letEventsIn(signal);
    throw new WinnowError('INTERNAL', `PyTorch ended: ${said.trim().split('\n').at(-1) || 'without a word'}`, {
      where: 'tools/bench/step.py',
      next: 'Run it by hand to see all of its message.',
    });
  };
  return {
    name: channelsLast ? 'pytorchChannelsLast' : 'pytorch',
    prepare: async () => void (await ask()),
    async round() {
      const answer = await ask();
      peakBytes = answer.peakBytes;
      return answer.millis;
    },
    peakBytes: () => peakBytes,
    close: () => void child.kill(),
  };
}
