import { existsSync } from 'node:fs';
import path from 'node:path';
import { TRAIN_ROLES } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { settingsOfRoles } from '@winnow/contracts';
import type { JsonValue } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { gitState, openRun, runIdentity } from '@winnow/runs';
import type { Run } from '@winnow/runs';
import { MANIFEST_FILES } from '@winnow/shards';
import { distinctFineTuning, FINE_TUNING_DEFAULTS, METHODS } from '@winnow/training';
import { digestImages } from '../data/image-sets';
import { version } from '../../package.json';
import { refinementOf } from './job-request';
import type { StudentJob } from './student-job';
import type { TrainingPlan } from './plan/training-plan';

const REFINEMENT_REVISION = 3;

/** Names a run before there is a folder of it; projects that share a folder and all else have one name, too. */
export function studentRunIdentity(job: StudentJob): string {
  const { build, teacher, project } = job;
  const { method, seed } = project.config.train;
  const digests = { buildDigest: build.digest, teacherDigest: teacher?.digest ?? null };
  return runIdentity({ config: identityConfig(job), ...digests, method, seed });
}

/** The run folder of a job: finished, interrupted or new. @throws WinnowError as openRun */
export async function openStudentRun(job: StudentJob): Promise<Run> {
  const { project, build, pool, teacher, engine } = job;
  const { config } = project;
  const startedAt = new Date().toISOString();
  return openRun(config.paths.runs, {
    name: { date: startedAt, project: config.name, method: config.train.method, seed: config.train.seed },
    config: identityConfig(job),
    manifest: {
      startedAt,
      versions: { winnow: version, node: process.version, engine: `${engine.name} ${engine.version}` },
      git: gitState(config.paths.root),
      buildDigest: build.digest,
      teacherDigest: teacher?.digest ?? null,
      imageEngines: [...new Set(pool.provenance.flat().map(({ engine: name }) => name))].sort(),
      attribution: attributionFile(config, build),
      engine: engine.name,
      device: engine.device,
      seeds: { batches: config.train.seed, weights: config.train.seed },
    },
  });
}

/** What decides the result of a run, and nothing else: an identity of everything would not recognise a finished one. */
export function identityConfig(job: StudentJob): JsonValue {
  const { project, pool, teacher, input, start, split, corrections, test, engine, plan } = job;
  const { config } = project;
  return {
    student: config.student.model,
    train: courseOf(config.train, plan),
    revision: METHODS[config.train.method].revision,
    ...(pool.images.store.kind === 'encoded' ? { pixels: 'encoded' } : {}),
    // A method that reads no split learns the same from any.
    split: METHODS[config.train.method].needsSplit ? (split?.record.id ?? null) : null,
    ...(METHODS[config.train.method].readsDecisions === true && corrections.digest !== null
      ? { decisions: corrections.digest }
      : {}),
    ...decidedViews(job),
    ...(start === null ? {} : { start: startOf(start, job) }),
    // Raised where refining comes to something else; runs that refine nothing do not have it.
    ...(refinementOf(job) === null ? {} : { refinement: REFINEMENT_REVISION }),
    // A teacher's digest covers its input, unless something else than the teacher decides the student's.
    ...(teacher === null || start !== null || config.student.input !== undefined
      ? { input: input as unknown as JsonValue }
      : {}),
    classes: config.classes.map(({ name }) => name),
    test: test === null ? null : digestImages(test),
    // Before, a tenth was held out although there was nothing to measure on it.
    ...(test === null && teacher === null ? { heldOut: 'none' } : {}),
    engine: engine.name,
  };
}

/** How many views of an image a batch holds, where the method decided otherwise than it always had. */
function decidedViews({ project: { config }, plan }: StudentJob): { readonly views?: number } {
  const { method, settings } = config.train;
  const usual = METHODS[method].settings?.defaults['views'] ?? 1;
  return settings?.[method]?.['views'] !== undefined || plan.viewsPerImage === usual
    ? {}
    : { views: plan.viewsPerImage };
}

/** What a student begins with; a classifier that is fitted to decided labels is another one than before winnow read them. */
function startOf(
  { weights, head }: NonNullable<StudentJob['start']>,
  { project, corrections }: Pick<StudentJob, 'project' | 'corrections'>,
): JsonValue {
  const { needsTeacher, readsDecisions } = METHODS[project.config.train.method];
  const isDecided = head === 'fitted' && !needsTeacher && readsDecisions === true && corrections.digest !== null;
  return { sha256: weights.sha256, head, ...(isDecided ? { labels: 'decided' } : {}) };
}

/** Where the build lists its images' licences; builds of old have no such list. */
function attributionFile({ paths }: ProjectConfig, { id }: BuildRecord): string | null {
  const file = path.join(paths.builds, id, MANIFEST_FILES.attribution);
  return existsSync(file) ? path.relative(paths.root, file).split(path.sep).join('/') : null;
}

/**
 * Settings that decide the result, the method's own among them: where pixels are kept and who draws them does not. Those
 * that earlier versions did not have are left out where they change nothing: such a run is the same as before.
 */
function courseOf(train: ProjectConfig['train'], { settings: resolved }: TrainingPlan): JsonValue {
  const { settings, ...rest } = settingsOfRoles(train, TRAIN_ROLES, ['result', 'varied']);
  const asked = { ...rest, ...resolved };
  const usual = Object.entries(asked).filter(([name]) => !Object.hasOwn(FINE_TUNING_DEFAULTS, name));
  const own = settings?.[train.method];
  return {
    ...Object.fromEntries(usual),
    ...distinctFineTuning(asked),
    ...(own !== undefined && Object.keys(own).length > 0 && { settings: own }),
  } as unknown as JsonValue;
}
