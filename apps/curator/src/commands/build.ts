import type { CommandSpec, JsonValue } from '@winnow/contracts';

export const buildCommand: CommandSpec = {
  name: 'build',
  summary: 'Clean what was crawled and write it as a data set',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [{ flags: '--size <pixels>', description: 'side of the pictures (default: build.size)', type: 'integer' }],
  async run(input, io) {
    const { loadProject } = await import('@winnow/config');
    const { openDatabase, recordDuplicateMeasure } = await import('@winnow/db');
    const { buildProject } = await import('../build-project');
    const { measureDuplicates } = await import('../measure-duplicates');
    const file = String(input.arguments['project']);
    const config = await loadProject(file, {
      cwd: io.cwd,
      env: io.env,
      overrides: [['build.size', input.options['size'], '--size']],
    });
    const database = await openDatabase({
      url: config.databaseUrl,
      stateDir: config.paths.state,
      holder: 'winnow build',
    });
    try {
      const { record, directory, reused, plan, originals } = await buildProject({ config, db: database.db, io });
      const quality = await measureDuplicates(config, plan, originals);
      if (quality !== null) {
        const { precision, recall } = quality;
        await recordDuplicateMeasure(database.db, record.id, { precision, recall });
      }
      const { counts } = plan;
      return {
        exitCode: 0,
        json: {
          build: record.id,
          digest: record.digest,
          directory,
          reused,
          counts: counts as unknown as JsonValue,
          duplicates: quality as unknown as JsonValue,
        },
        text: [
          `${reused ? 'The same data set as before' : 'Built'}: ${counts.samples} pictures of ${counts.originals} originals, build ${record.id}.`,
          `Left out or folded: ${
            Object.entries(counts.outcomes)
              .map(([outcome, count]) => `${outcome} ${count}`)
              .join(' · ') || 'nothing'
          }.`,
          ...(counts.outcomes.leak === undefined
            ? []
            : [`${counts.outcomes.leak} originals are copies of test pictures (evaluate.test) and were left out.`]),
          ...(counts.lowInformation === 0
            ? []
            : [`${counts.lowInformation} pictures are flat or nearly empty (flag low_information).`]),
          ...(counts.conflicts === 0 ? [] : [`${counts.conflicts} pictures were found under several classes.`]),
          ...(quality === null
            ? []
            : [
                `Against the truth: duplicate pairs found with precision ${percent(quality.precision)} and recall ${percent(quality.recall)}.`,
              ]),
          `Shards: ${directory}`,
        ],
      };
    } finally {
      await database.close();
    }
  },
};

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
