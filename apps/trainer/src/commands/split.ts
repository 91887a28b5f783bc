import { NOISE_KINDS } from '@winnow/contracts';
import { engineOption } from './engine-option';
import type { CommandSpec, JsonValue, SplitQuality } from '@winnow/contracts';

export const splitCommand: CommandSpec = {
  name: 'split',
  summary: 'Tell clean, closed and open label noise apart',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [engineOption],
  async run(input, io) {
    const { requireBuild, withProject } = await import('../open-project');
    const { loadBuildImages } = await import('../load-build-images');
    const { loadTeacher } = await import('../load-teacher');
    const { countConflicts, measureSplit, splitPool } = await import('../split-pool');
    const { recordSplitQuality } = await import('@winnow/db');
    const { startTensorEngine } = await import('../start-tensor-engine');
    return withProject(
      { title: 'winnow split', input, io },
      [['engine', input.options['engine'], '--engine']],
      async (project) => {
        const build = await requireBuild(project);
        const engine = await startTensorEngine(project.config.engine, io);
        const teacher = await loadTeacher(project.config);
        const pool = await loadBuildImages(project, build);
        const result = await splitPool(project, build, { pool, teacher, engine });
        const quality = await measureSplit(project, pool, result);
        if (quality !== null) await recordSplitQuality(project.db, result.record.id, quality);
        const { clean, closed, open } = result.counts;
        const conflicts = countConflicts(pool, result.split);
        return {
          exitCode: 0,
          json: {
            split: result.record.id,
            build: build.id,
            method: result.record.method,
            counts: result.counts,
            conflicts,
            reused: !result.isNew,
            quality: quality as unknown as JsonValue,
          },
          text: [
            `${result.isNew ? 'Split' : 'The same split as before of'} ${pool.images.count} pictures by ${result.record.method}: ${clean} clean, ${closed} closed, ${open} open.`,
            ...(conflicts === null
              ? []
              : [
                  `Of pictures found under several classes: ${conflicts.clean} clean, ${conflicts.closed} closed, ${conflicts.open} open.`,
                ]),
            ...(quality === null ? [] : describeQuality(quality)),
          ],
        };
      },
    );
  },
};

/** A confusion table and the headline figures, for a terminal. */
export function describeQuality(quality: SplitQuality): string[] {
  const cells = (values: readonly (string | number)[]): string =>
    values.map((value) => String(value).padStart(8)).join('');
  return [
    `Against the truth: macro-F1 ${percent(quality.macroF1)}, refined labels right ${percent(quality.refinedAccuracy)}`,
    `  ${'true \\ found'.padEnd(14)}${cells(NOISE_KINDS)}`,
    ...NOISE_KINDS.map((kind, row) => `  ${kind.padEnd(14)}${cells(quality.confusion[row] ?? [])}`),
  ];
}

function percent(value: number | null): string {
  return value === null ? 'not known' : `${(value * 100).toFixed(1)} %`;
}
