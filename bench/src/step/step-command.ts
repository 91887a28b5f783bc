import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import { engineOption, roundsOption } from '../harness/options';
import type { StepFigures, StepResult } from './run-step';
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
  return { exitCode: 0, json: stepJson(result), text: stepText(result) };
}

/** Times in milliseconds; a ratio is our time by the other's: below 1 we are faster. */
function stepJson({ competitors, profile, teacher, ...about }: StepResult): Record<string, JsonValue> {
  const [ours, ...others] = competitors as readonly [StepFigures, ...StepFigures[]];
  const named = (of: (figures: StepFigures) => JsonValue): Record<string, JsonValue> => ({
    ours: of(ours),
    ...Object.fromEntries(others.map((figures) => [figures.name, of(figures)])),
  });
  const ratios = others.map((figures) => [ratioName(figures.name), ours.millis / figures.millis]);
  return {
    ...about,
    ...(about.kind === 'distill-step' && { teacher }),
    ...named(({ millis }) => millis),
    ...Object.fromEntries(ratios),
    spread: named(({ spread }) => [...spread]),
    peakBytes: named(({ peakBytes }) => peakBytes),
    ...(profile && { profile: profile.map((time) => ({ ...time })) }),
  };
}

function ratioName(competitor: string): string {
  return competitor === 'pytorchChannelsLast' ? 'ratioChannelsLast' : 'ratio';
}

function stepText({
  competitors,
  profile = [],
  kind,
  model,
  batch,
  size,
  engine,
  threads,
  rounds: count,
}: StepResult): string[] {
  const ours = competitors[0] as StepFigures;
  return [
    `${kind} of ${model}, batch ${batch}, ${size} px, ${threads} threads, median of ${count} rounds`,
    ...competitors.map(({ name, millis, spread, peakBytes }, index) => {
      const shown = index === 0 ? `winnow (${engine})` : name;
      const ratio = index === 0 ? '' : `   ours takes ${(ours.millis / millis).toFixed(2)} of it`;
      const memory = peakBytes === null ? '' : `, ${Math.round(peakBytes / 1e6)} MB at most`;
      return `${shown.padEnd(20)} ${millis.toFixed(1).padStart(8)} ms (${spread[0].toFixed(1)} to ${spread[1].toFixed(1)})${memory}${ratio}`;
    }),
    ...profile
      .slice(0, PROFILE_LINES)
      .map(({ name, calls, millis }) => `  ${name.padEnd(26)} ${millis.toFixed(1).padStart(8)} ms in ${calls} calls`),
  ];
}
