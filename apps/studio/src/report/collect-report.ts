import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { CommandIo } from '@winnow/contracts';
import { withProjectDatabase } from '@winnow/db';
import { findRun } from '@winnow/runs';
import { requireStore } from '@winnow/store';
import { version } from '../../package.json';
import { collectHarvest, collectImports } from './collect-harvest';
import { collectDuplicates, collectSheets } from './collect-images';
import { collectSplit } from './collect-split';
import { readRecords } from './project-records';
import type { ProjectRecords } from './project-records';
import type { ReportData, RunReport } from './report-data';
import { settingsOf } from './result-groups';

/**
 * Gathers what is there of a project: every part that does not exist yet is left out.
 * @param build first characters of the id of a data set; undefined: the newest
 */
export async function collectReport(file: string, io: CommandIo, build?: string): Promise<ReportData> {
  const config = await loadProject(file, { cwd: io.cwd, env: io.env });
  return withProjectDatabase(config, { holder: 'winnow report', create: false, isBrief: true }, io, async ({ db }) => {
    await requireStore(db, config.store);
    const records = await readRecords(config, db, build);
    const runs = await collectRuns(records);
    const harvest = await collectHarvest(records);
    const imports = await collectImports(records);
    return {
      project: config.name,
      classes: config.classes.map(({ name }) => name),
      date: new Date().toISOString(),
      engine: runs[0]?.summary.engine ?? null,
      images: records.build === undefined ? null : records.samples.length,
      harvest,
      imports,
      duplicates: await collectDuplicates(records),
      split: collectSplit(records),
      sheets: await collectSheets(records),
      teacher:
        config.teacher === undefined
          ? null
          : {
              model: config.teacher.model ?? 'teacher',
              parameters: null,
              accuracy: runs[0]?.summary.teacherAccuracy ?? null,
            },
      runs,
      reproduce: {
        commands: await commandsFor(path.relative(io.cwd, file) || file, records, { harvest, imports }),
        digests: digestsOf(records),
        versions: { winnow: version, node: process.version },
      },
    };
  });
}

async function commandsFor(
  file: string,
  { config, runRows }: ProjectRecords,
  { harvest, imports }: Pick<ReportData, 'harvest' | 'imports'>,
): Promise<string[]> {
  const trainings = await Promise.all(
    runRows.map(async ({ identity, method, seed, summary }) => {
      const recorded = (await findRun(config.paths.runs, identity))?.config as
        | { train?: { batch?: number } }
        | undefined;
      const batch = recorded?.train?.batch === undefined ? '' : ` --batch ${recorded.train.batch}`;
      return `winnow train ${file} --method ${method} --seed ${seed} --epochs ${summary.epochs}${batch}`;
    }),
  );
  return [
    ...(imports?.sources ?? []).map(({ name }) => `winnow import ${file} ${JSON.stringify(name)}`),
    ...(harvest !== null || imports?.hasUrls !== false ? [`winnow crawl ${file}`] : []),
    `winnow build ${file}`,
    `winnow split ${file}`,
    ...trainings,
    `winnow evaluate ${file}`,
    `winnow report ${file}`,
  ];
}

function digestsOf({ build, split }: ProjectRecords): Record<string, string> {
  return {
    ...(build === undefined ? {} : { 'data set': build.digest }),
    ...(split === undefined ? {} : { split: split.id, teacher: split.teacherDigest }),
  };
}

/** Finished runs with their curves; one whose folder is gone is shown without. */
async function collectRuns({ config, runRows }: ProjectRecords): Promise<readonly RunReport[]> {
  return Promise.all(
    runRows.map(async ({ identity, folder, summary }) => {
      const record = await findRun(config.paths.runs, identity);
      return {
        name: folder,
        summary,
        metrics: record?.metrics ?? [],
        settings: record === null ? null : settingsOf(record),
      };
    }),
  );
}
