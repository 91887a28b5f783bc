import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { engineOption, roundsOption } from '../harness/options';
import { STEP_KINDS } from './step-task';

const PROFILE_LINES = 12;

/** `npm run bench -- step KIND` */
export const stepCommand: CommandSpec = {
  name: 'step',
  summary: 'A step of training, distillation or inference, beside PyTorch',
  arguments: [
    { name: 'kind', description: 'train-step: forward, cross-entropy, backward, SGD; distill-step: the same towards a frozen teacher; inference', required: true }, // prettier-ignore
  ],
  options: [
    { flags: '--model <name>', description: 'architecture (see `winnow models`)', type: 'string' },
    { flags: '--teacher <name>', description: 'architecture of the teacher of distill-step', type: 'string', default: 'resnet20' }, // prettier-ignore
    { flags: '--batch <n>', description: 'images in a step', type: 'integer', min: 1, default: 128 },
    { flags: '--size <pixels>', description: "side of the images (default: the architecture's)", type: 'integer', min: 8 }, // prettier-ignore
    { flags: '--classes <n>', description: 'outputs', type: 'integer', min: 2, default: 10 },
    { flags: '--steps <n>', description: 'steps in a round', type: 'integer', min: 1, default: 5 },
    { ...roundsOption, default: 5 },
    { flags: '--against <peer>', description: 'PyTorch (installed into the cache), or our engine tensorflow', type: 'string', choices: ['pytorch', 'tensorflow'] }, // prettier-ignore
    { flags: '--profile', description: 'also say where the time of a step of ours goes', type: 'boolean' },
    engineOption,
  ],
  examples: ['npm run bench -- step train-step --model resnet20 --against pytorch'],
  run: measureStep,
};

async function measureStep({ arguments: given, options }: CommandInput, io: CommandIo): Promise<CommandResult> {
  const { runStep } = await import('./run-step');
  const { architectureNamed } = await import('@winnow/models');
  const { requireModelName } = await import('@winnow/trainer/bench');
  const kind = STEP_KINDS.find((name) => name === given['kind']);
  if (kind === undefined) {
    throw new WinnowError('USAGE', `No kind of step: ${given['kind']}`, {
      next: `There are ${STEP_KINDS.join(', ')}.`,
    });
  }
  const named = (flag: 'model' | 'teacher', other: string) =>
    requireModelName(String(options[flag] ?? other), { code: 'USAGE', where: `--${flag}` });
  const model = named('model', kind === 'distill-step' ? 'resnet8' : 'resnet20');
  const result = await runStep(
    {
      kind,
      model,
      teacher: named('teacher', 'resnet20'),
      batch: Number(options['batch']),
      size: Number(options['size'] ?? architectureNamed(model).imageSize),
      classes: Number(options['classes']),
      steps: Number(options['steps']),
    },
    {
      engine: options['engine'] as 'auto',
      against: (options['against'] as 'pytorch' | undefined) ?? null,
      rounds: Number(options['rounds']),
      profile: options['profile'] === true,
    },
    io,
  );
  const shown = benchmarkResult(result, result.competitors);
  const kernels = (result.profile ?? []).slice(0, PROFILE_LINES);
  return kernels.length === 0 ? shown : { ...shown, text: [...shown.text, ...benchmarkResult({}, kernels).text] };
}
