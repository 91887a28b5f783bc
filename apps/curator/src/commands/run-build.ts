import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { Override, ProjectConfig } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { recordDuplicateMeasure, withProjectDatabase } from '@winnow/db';
import { buildProject } from '../build/build-project';
import { describeBuilt } from '../build/describe-built';
import { measureDuplicates } from '../dedup/measure-duplicates';

/** Builds a project's data set and says what became of its images. @throws WinnowError as buildProject does */
export async function runBuild(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const config = await loadBuildProject(input, io);
  return withProjectDatabase(config, { holder: 'winnow build', create: false }, io, async ({ db }) => {
    const result = await buildProject({ config, db, io });
    const { record, directory, reused, reusedImages, plan, originals, leaks } = result;
    const quality = await measureDuplicates(config, plan, originals);
    if (quality !== null) {
      const { precision, recall } = quality;
      await recordDuplicateMeasure(db, record.id, { precision, recall });
    }
    return {
      exitCode: 0,
      json: {
        build: record.id,
        digest: record.digest,
        directory,
        reused,
        reusedImages: reusedImages ?? null,
        counts: plan.counts as unknown as JsonValue,
        leaks: leaks as unknown as JsonValue,
        duplicates: quality as unknown as JsonValue,
      },
      text: describeBuilt(result, { config, quality }),
    };
  });
}

/** The project with what flags change: lists of what to leave out grow, everything else is replaced. */
async function loadBuildProject(input: CommandInput, io: CommandIo): Promise<ProjectConfig> {
  const file = String(input.arguments['project']);
  const load = (overrides: readonly Override[]) => loadProject(file, { cwd: io.cwd, env: io.env, overrides });
  const { options } = input;
  const exclude = listOf(options['exclude']);
  const holdout = listOf(options['holdout']).map((location) =>
    location.trim() === '' ? location : path.resolve(io.cwd, location),
  );
  const own = exclude.length + holdout.length === 0 ? null : (await load([])).build;
  return load([
    ['build.size', options['size'], '--size'],
    ['build.classes', options['classes'], '--classes'],
    ['build.where', options['where'], '--where'],
    ['build.labels', options['labels'], '--labels'],
    ['build.workers', options['workers'], '--workers'],
    ['build.exclude', own === null ? undefined : [...own.exclude, ...exclude], '--exclude'],
    ['build.holdout', own === null ? undefined : [...own.holdout, ...holdout], '--holdout'],
  ]);
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
