import { METHOD_NAMES, WinnowError } from '@winnow/contracts';
import type { CommandSpec, JsonValue, MethodName } from '@winnow/contracts';
import { projectEngineOption } from './engine-option';
import { projectLengthOptions } from './training-length-options';

const DEFAULT_METHODS: readonly MethodName[] = ['ce', 'kd', 'modul', 'winnow'];
/** As of `train.seed`. */
const MAX_SEED = 2 ** 31 - 1;
/** More would be a slip of the keys. */
const MAX_SEEDS = 1000;

export const compareCommand: CommandSpec = {
  name: 'compare',
  summary: 'Train several methods at several seeds, and put them side by side',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    {
      flags: '--methods <names>',
      description: `methods between commas (default: ${DEFAULT_METHODS.join(',')})`,
      type: 'list',
      choices: METHOD_NAMES,
    },
    { flags: '--seeds <n>', description: 'runs of each method', type: 'integer', min: 1, default: 3 },
    {
      flags: '--first-seed <n>',
      description: 'seed of the first run; the others follow',
      type: 'integer',
      min: 0,
      default: 1,
    },
    ...projectLengthOptions,
    projectEngineOption,
  ],
  examples: ['winnow compare birds.yaml', 'winnow compare birds.yaml --methods kd,winnow --seeds 5 --epochs 20'],
  async run(input, io) {
    const { withProject } = await import('../open-project');
    const { compareMethods } = await import('../compare/compare-methods');
    const { describeFailure } = await import('../student/plan/training-verdict');
    const { whileTraining } = await import('../locks');
    const { writeComparison } = await import('../compare/compare-report');
    const { describePassedOver } = await import('@winnow/config');
    const { describeUnread } = await import('../noise/corrections');
    const { methods, epochs, batch, engine } = input.options;
    const [seeds, firstSeed] = [Number(input.options['seeds'] ?? 3), Number(input.options['firstSeed'] ?? 1)];
    if (seeds > MAX_SEEDS || firstSeed + seeds - 1 > MAX_SEED) {
      throw new WinnowError('USAGE', `Seeds go up to ${MAX_SEED}, and ${MAX_SEEDS} of them at once`, {
        where: '--seeds, --first-seed',
        next: 'Name fewer, or smaller ones.',
      });
    }
    const overrides = [
      ['train.epochs', epochs, '--epochs'],
      ['train.batch', batch, '--batch'],
      ['engine', engine, '--engine'],
    ] as const;
    const comparison = {
      methods: [...new Set((methods as readonly MethodName[] | undefined) ?? DEFAULT_METHODS)],
      seeds: Array.from({ length: seeds }, (_, index) => firstSeed + index),
    };
    return withProject({ title: 'winnow compare', input, io }, overrides, async (project) => {
      const { inputs, corrections, compared } = await whileTraining(project, 'winnow compare', () =>
        compareMethods(project, comparison),
      );
      const { files, record, text } = await writeComparison(inputs.project, {
        comparison,
        inputs,
        corrections,
        compared,
      });
      const isCorrected = project.config.split.corrections !== undefined || corrections.digest !== null;
      const ended = compared.flatMap(({ runs }) => runs);
      const reused = ended.filter((run) => run.reused).length;
      const failed = compared.some(({ failures }) => failures.length > 0);
      return {
        exitCode: !failed ? 0 : files === null ? 1 : 3,
        json: { ...record, reused, files: files === null ? null : ({ ...files } as JsonValue) },
        text: [
          ...text,
          ...compared.flatMap(({ method, runs }) =>
            runs.flatMap(({ seed, summary }) => {
              const failure = describeFailure(summary, { classCount: project.config.classes.length, advice: null });
              return failure === null ? [] : [`${method}, seed ${seed}: ${failure}`];
            }),
          ),
          ...(reused === 0 ? [] : [`Finished earlier, or by other commands: ${reused} of ${ended.length} runs.`]),
          ...describePassedOver(corrections),
          ...(isCorrected ? describeUnread(comparison.methods) : []),
          ...(files === null ? ['No run came to an end: no table was written.'] : []),
          ...(files === null ? [] : [`Table: ${files.markdown}`, `Plot: ${files.svg}`]),
        ],
      };
    });
  },
};
