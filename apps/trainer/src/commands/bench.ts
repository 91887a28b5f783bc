import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue, OptionSpec } from '@winnow/contracts';
import type { ContenderFigures } from '../bench/compare-contenders';
import type { StepBenchResult } from '../bench/run-step-bench';
import { STEP_KINDS, type StepKind } from '../bench/step-bench';
import { benchSplitCommand } from './bench-split';
import { benchWorldCommand } from './bench-world';
import { engineOption } from './engine-option';

const SUMMARIES: Readonly<Record<StepKind, string>> = {
  'train-step': 'Time a training step: forward, cross-entropy, backward, SGD with momentum',
  'distill-step': 'Time a distillation step: a frozen teacher answers, the student learns its softened outputs',
  inference: 'Time the answers of a frozen network',
};

const PROFILE_LINES = 12;

const rounds: OptionSpec = { flags: '--rounds <n>', description: 'rounds, in turn with the other', type: 'integer', min: 1, default: 5 }; // prettier-ignore

const stepOptions: readonly OptionSpec[] = [
  { flags: '--model <name>', description: 'architecture (see `winnow models`)', type: 'string' },
  { flags: '--batch <n>', description: 'pictures in a step', type: 'integer', min: 1, default: 128 },
  {
    flags: '--size <pixels>',
    description: "side of the pictures (default: the architecture's)",
    type: 'integer',
    min: 8,
  },
  { flags: '--classes <n>', description: 'outputs', type: 'integer', min: 2, default: 10 },
  { flags: '--steps <n>', description: 'steps in a round', type: 'integer', min: 1, default: 5 },
  rounds,
  {
    flags: '--against <other>',
    description: 'compare with PyTorch (installed into the cache), or with our engine tensorflow',
    type: 'string',
    choices: ['pytorch', 'tensorflow'],
  },
  { flags: '--profile', description: 'also say where the time of a step of ours goes', type: 'boolean' },
  { ...engineOption, default: 'auto' },
];
const teacherOption: OptionSpec = { flags: '--teacher <name>', description: 'architecture of the teacher', type: 'string', default: 'resnet20' }; // prettier-ignore

function stepCommand(kind: StepKind): CommandSpec {
  return {
    name: kind,
    summary: SUMMARIES[kind],
    arguments: [],
    options: kind === 'distill-step' ? [...stepOptions, teacherOption] : stepOptions,
    examples: [`winnow bench ${kind} --model resnet20 --against pytorch`],
    run: (input, io) => runStep(kind, input, io),
  };
}

async function runStep(kind: StepKind, { options }: CommandInput, io: CommandIo): Promise<CommandResult> {
  const { runStepBench } = await import('../bench/run-step-bench');
  const { architectureNamed } = await import('@winnow/models');
  const { requireModelName } = await import('../require-model-name');
  const model = requireModelName(String(options['model'] ?? (kind === 'distill-step' ? 'resnet8' : 'resnet20')), {
    code: 'USAGE',
    where: '--model',
  });
  const result = await runStepBench(
    {
      kind,
      model,
      teacher: requireModelName(String(options['teacher'] ?? 'resnet20'), { code: 'USAGE', where: '--teacher' }),
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
function stepJson({ contenders, profile, teacher, ...about }: StepBenchResult): Record<string, JsonValue> {
  const [ours, ...others] = contenders as readonly [ContenderFigures, ...ContenderFigures[]];
  const named = (of: (figures: ContenderFigures) => JsonValue): Record<string, JsonValue> => ({
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

function ratioName(contender: string): string {
  return contender === 'pytorchChannelsLast' ? 'ratioChannelsLast' : 'ratio';
}

function stepText({
  contenders,
  profile = [],
  kind,
  model,
  batch,
  size,
  engine,
  threads,
  rounds: count,
}: StepBenchResult): string[] {
  const ours = contenders[0] as ContenderFigures;
  return [
    `${kind} of ${model}, batch ${batch}, ${size} px, ${threads} threads, median of ${count} rounds`,
    ...contenders.map(({ name, millis, spread, peakBytes }, index) => {
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

const loader: CommandSpec = {
  name: 'loader',
  summary: 'Time the way from JPEG files to training batches: decode, random resized crop, flip, normalise',
  arguments: [{ name: 'pictures', description: 'folder or tar of JPEG files', required: true }],
  options: [
    { flags: '--size <pixels>', description: 'side of the views', type: 'integer', min: 8, default: 224 },
    { flags: '--batch <n>', description: 'pictures in a batch', type: 'integer', min: 1, default: 64 },
    { flags: '--batches <n>', description: 'batches in a round', type: 'integer', min: 1, default: 10 },
    {
      flags: '--workers <n>',
      description: 'drawing threads; of PyTorch: processes',
      type: 'integer',
      min: 0,
      default: 2,
    },
    rounds,
    { flags: '--against <other>', description: "compare with PyTorch's DataLoader and Pillow", type: 'string', choices: ['pytorch'] }, // prettier-ignore
  ],
  examples: ['winnow bench loader pictures/train --against pytorch'],
  async run({ arguments: given, options }, io) {
    const { runLoaderBench } = await import('../bench/run-loader-bench');
    const result = await runLoaderBench(
      {
        pictures: path.resolve(io.cwd, String(given['pictures'])),
        size: Number(options['size']),
        batch: Number(options['batch']),
        batches: Number(options['batches']),
        workers: Number(options['workers']),
      },
      { rounds: Number(options['rounds']), against: options['against'] === 'pytorch' ? 'pytorch' : null },
      io,
    );
    const { ours, pytorch } = result.imagesPerSecond;
    return {
      exitCode: 0,
      json: result as unknown as Record<string, JsonValue>,
      text: [
        `loader at ${result.size} px, batch ${result.batch}, ${result.workers} workers, median of ${result.rounds} rounds`,
        `winnow    ${ours.toFixed(0).padStart(6)} pictures a second`,
        ...(pytorch === undefined
          ? []
          : [
              `PyTorch   ${pytorch.toFixed(0).padStart(6)} pictures a second; ours takes ${(pytorch / ours).toFixed(2)} of its time`,
            ]),
      ],
    };
  },
};

const dedup: CommandSpec = {
  name: 'dedup',
  summary: 'Count which edited pictures are found to be copies, and which are taken for one that are not',
  arguments: [],
  options: [
    { flags: '--pictures <source>', description: 'folder or tar of JPEG files, at any depth; may be given again', type: 'repeated' }, // prettier-ignore
    { flags: '--originals <n>', description: 'pictures to edit', type: 'integer', min: 1, default: 500 },
    { flags: '--seed <n>', description: 'draws the originals', type: 'integer', min: 0, default: 1 },
    { flags: '--against <other>', description: "compare with imagededup's hashes (installed into the cache)", type: 'string', choices: ['imagededup'] }, // prettier-ignore
    { flags: '--embed <network>', description: 'also with the stage of embeddings, by this network', type: 'string' },
    { flags: '--similarity <x>', description: 'least similarity of embeddings, before pixels are compared', type: 'number', min: 0, default: 0.75 }, // prettier-ignore
    { ...rounds, default: 3 },
    { ...engineOption, default: 'auto' },
  ],
  examples: [
    'winnow bench dedup --pictures pictures --against imagededup',
    'winnow bench dedup --pictures flowers.tar --pictures animals --originals 100 --embed teacher --json',
  ],
  async run({ options }, io) {
    const { runDedupBench } = await import('../bench/dedup/run-dedup-bench');
    const { showDedupBench } = await import('../bench/dedup/show-dedup-bench');
    const sources = (options['pictures'] ?? []) as readonly string[];
    if (sources.length === 0) {
      throw new WinnowError('USAGE', 'No pictures are named', { where: '--pictures', next: 'Name a folder or a tar.' });
    }
    const embed = options['embed'] as string | undefined;
    const result = await runDedupBench(
      {
        pictures: sources.map((source) => path.resolve(io.cwd, source)),
        originals: Number(options['originals']),
        seed: Number(options['seed']),
        rounds: Number(options['rounds']),
        against: options['against'] === 'imagededup' ? 'imagededup' : null,
        embed: embed === undefined ? null : path.resolve(io.cwd, embed),
        similarity: Number(options['similarity']),
        engine: options['engine'] as 'auto',
      },
      io,
    );
    return { exitCode: 0, json: result as unknown as Record<string, JsonValue>, text: showDedupBench(result) };
  },
};

export const benchCommand: CommandSpec = {
  name: 'bench',
  summary: 'Measure speed beside other programs, and splits and students on worlds of known truth',
  arguments: [],
  options: [],
  subcommands: [...STEP_KINDS.map(stepCommand), loader, dedup, benchSplitCommand, benchWorldCommand],
};
