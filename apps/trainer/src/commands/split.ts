import path from 'node:path';
import { NOISE_KINDS, SPLIT_NAMES } from '@winnow/contracts';
import type { CommandSpec, JsonValue, SplitQuality, SplitSummary } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { PoolCorrections } from '../noise/corrections';
import type { KeptDecisions } from '../noise/split-list';
import { projectEngineOption } from './engine-option';

const percent = (fraction: number | null): string => percentText(fraction, { digits: 1, unknown: 'not known' });

export const splitCommand: CommandSpec = {
  name: 'split',
  summary: 'Tell clean, closed and open label noise apart',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    {
      flags: '--method <name>',
      description: "how they are told apart (default: split.method, or the training method's own way)",
      type: 'string',
      choices: SPLIT_NAMES,
    },
    {
      flags: '--list <file>',
      description:
        'write every image with its kind, most doubtful first: a CSV whose column class takes corrections, to name in ' +
        'split.corrections; a list that is there is written anew with what its column class holds, other files are refused',
      type: 'string',
    },
    projectEngineOption,
  ],
  examples: ['winnow split birds.yaml', 'winnow split birds.yaml --list doubtful.csv'],
  async run(input, io) {
    const { requireBuild, withProject } = await import('../open-project');
    const { loadBuildImages } = await import('../data/load-build-images');
    const { loadTeacher } = await import('../teacher/load-teacher');
    const { countExternal, describePassedOver } = await import('@winnow/config');
    const { describeUnread, loadCopies } = await import('../noise/corrections');
    const { earlierDecisions, writeSplitList } = await import('../noise/split-list');
    const { summariseSplit } = await import('../noise/summarise-split');
    const { splitPool } = await import('../noise/split-pool');
    const { startTensorEngine } = await import('../start-tensor-engine');
    const overrides = [
      ['split.method', input.options['method'], '--method'],
      ['engine', input.options['engine'], '--engine'],
    ] as const;
    const { list } = input.options;
    const file = list === undefined ? null : path.resolve(io.cwd, String(list));
    return withProject({ title: 'winnow split', input, io }, overrides, async (project) => {
      const { classes, train } = project.config;
      // Before the teacher is asked: that may take an hour.
      const names = classes.map(({ name }) => name);
      if (file !== null) await earlierDecisions(file, names);
      const build = await requireBuild(project);
      const engine = await startTensorEngine(project.config.engine, io);
      const teacher = await loadTeacher(project.config, io.log);
      const { pool, split } = await loadBuildImages(project, build)
        .then(async (pool) => ({ pool, split: await splitPool(project, build, { pool, teacher, engine }) }))
        .finally(() => teacher.dispose());
      const summary = await summariseSplit(project, pool, split);
      const kept =
        file === null ? null : await writeSplitList(file, { ...pool, copies: await loadCopies(project, build) }, split);
      const isCorrected =
        project.config.split.corrections !== undefined || split.corrections.digest !== null || file !== null;
      return {
        exitCode: 0,
        json: {
          split: split.record.id,
          build: build.id,
          method: summary.method,
          counts: split.counts,
          conflicts: summary.conflicts,
          corrections: describeCorrections(split.corrections, countExternal),
          reused: !split.isNew,
          quality: summary.quality as unknown as JsonValue,
          ...(summary.measured && { measured: summary.measured as unknown as JsonValue }),
          ...(kept === null ? {} : { list: file, kept: { ...kept } }),
        },
        text: [
          ...describeSplit(summary, { isNew: split.isNew, images: pool.images.count }),
          ...describePassedOver(split.corrections),
          ...(isCorrected ? describeUnread([train.method], ' (train.method)') : []),
          ...(kept === null ? [] : [`List: ${file}`, ...describeKept(kept)]),
        ],
      };
    });
  },
};

function describeKept({ decisions, unknown, overruled }: KeptDecisions): string[] {
  if (decisions + unknown + overruled === 0) return [];
  const atEnd = [
    ...(unknown === 0 ? [] : [`${unknown} lines that name no image or class of this data set`]),
    ...(overruled === 0 ? [] : [`${overruled} lines on copies of an image of which others say something else`]),
  ];
  const rest = atEnd.length === 0 ? '' : `; ${atEnd.join(' and ')} are at its end`;
  return [`Kept of the list that was there: decisions on ${decisions} images${rest}.`];
}

function describeSplit(
  { method, counts, conflicts, corrected, quality, measured }: SplitSummary,
  { isNew, images }: { readonly isNew: boolean; readonly images: number },
): string[] {
  const first = `${isNew ? 'Split' : 'The same split as before of'} ${images} images by ${method}`;
  const lines = [`${first}: ${counts.clean} clean, ${counts.closed} closed, ${counts.open} open.`];
  if (corrected > 0) lines.push(`Corrected by a person: ${corrected} images.`);
  if (conflicts !== null) {
    const { clean, closed, open } = conflicts;
    lines.push(`Of images found under several classes: ${clean} clean, ${closed} closed, ${open} open.`);
  }
  if (measured !== undefined) {
    const [share, low, high] = [measured.overall.share, measured.overall.low, measured.overall.high].map(percent);
    lines.push(`Measured by looks of people: the kind is right for ${share} (${low} to ${high}).`);
  }
  return quality === null ? lines : [...lines, ...describeQuality(quality)];
}

function describeCorrections(
  { applied, unknown, foreign: external }: PoolCorrections,
  count: (external: PoolCorrections['foreign']) => ReadonlyMap<string, number>,
): JsonValue {
  return {
    applied: applied.length,
    unknown: unknown.map(({ line, picture: image }) => ({ line, picture: image })),
    otherClasses: Object.fromEntries(count(external)),
  };
}

/** A confusion table and the headline figures, for a terminal. */
function describeQuality(quality: SplitQuality): string[] {
  const cells = (values: readonly (string | number)[]): string =>
    values.map((value) => String(value).padStart(8)).join('');
  return [
    `Against the truth: macro-F1 ${percent(quality.macroF1)}, refined labels right ${percent(quality.refinedAccuracy)}`,
    `  ${'true \\ found'.padEnd(14)}${cells(NOISE_KINDS)}`,
    ...NOISE_KINDS.map((kind, row) => `  ${kind.padEnd(14)}${cells(quality.confusion[row] ?? [])}`),
  ];
}
