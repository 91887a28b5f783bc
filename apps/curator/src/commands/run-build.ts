import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { Override, ProjectConfig } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { findBuild, recordDuplicateMeasure, withProjectDatabase } from '@winnow/db';
import { buildProject } from '../build/build-project';
import { describeBuilt, describePrepared } from '../build/describe-built';
import { planFigures } from '../build/plan-figures';
import { prepareBuild } from '../build/prepare-build';
import type { BuildProjectOptions } from '../build/prepare-build';
import { measureDuplicates } from '../dedup/measure-duplicates';

/**
 * Builds a project's data set and says what became of its images; a dry run says what would, and writes none.
 * @throws WinnowError as buildProject does
 */
export async function runBuild(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const config = await loadBuildProject(input, io);
  return withProjectDatabase(config, { holder: 'winnow build', create: false }, io, async ({ db }) => {
    if (input.options['dryRun'] === true) return rehearse({ config, db, io });
    const result = await buildProject({ config, db, io });
    const { record, directory, reused, reusedImages, crawledImages, plan, originals, leaks } = result;
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
        crawledImages: crawledImages ?? null,
        counts: plan.counts as unknown as JsonValue,
        leaks: leaks as unknown as JsonValue,
        duplicates: quality as unknown as JsonValue,
      },
      text: describeBuilt(result, { config, quality }),
    };
  });
}

async function rehearse(options: BuildProjectOptions): Promise<CommandResult> {
  const { config, db } = options;
  const prepared = await prepareBuild(options);
  const isBuilt = (await findBuild(db, config.name, prepared.inputDigest)) !== undefined;
  const figures = planFigures(prepared);
  const { id: build, plan, leaks } = prepared;
  return {
    exitCode: 0,
    json: { build, isBuilt, ...({ counts: plan.counts, ...figures, leaks } as unknown as Record<string, JsonValue>) },
    text: describePrepared(prepared, { config, figures, isBuilt }),
  };
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
