import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { squareAsLearnt } from '@winnow/contracts';
import type { CommandIo, ImageSet, InputSpec } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { digestLabelledFiles, listLabelledFiles } from '@winnow/shards';
import type { EngineInfo } from '@winnow/tensor';
import { METHODS } from '@winnow/training';
import type { Prediction } from '@winnow/training';
import { buildShape, drawsRegions, loadBuildImages } from '../data/load-build-images';
import type { BuildImages } from '../data/load-build-images';
import { loadLabelledImages } from '../data/load-labelled-images';
import { loadPoolCorrections } from '../noise/corrections';
import { askForSplit, splitPool } from '../noise/split-pool';
import { summariseSplit } from '../noise/summarise-split';
import { requireBuild } from '../open-project';
import type { OpenProject } from '../open-project';
import { requireDrawableBatch, requireTrainingSettings } from '../project-checks';
import { startTensorEngine } from '../start-tensor-engine';
import { loadTeacherOrMemory } from '../teacher/absent-teacher';
import { loadTeacher } from '../teacher/load-teacher';
import type { LoadedTeacher } from '../teacher/load-teacher';
import { enlargedNote } from '../teacher/require-fitting-teacher';
import { planTraining } from './plan/plan-training';
import type { StudentJob } from './student-job';
import { openStudentStart, studentInput, unknownInputNote } from './student-start';
import type { StudentInput } from './student-start';

/** What all students of a project share. */
export interface TrainingInputs {
  /** With the architecture of the student's weights. */
  readonly project: OpenProject;
  readonly start: StudentJob['start'];
  readonly build: BuildRecord;
  readonly engine: EngineInfo;
  readonly teacher: LoadedTeacher;
  readonly test: ImageSet | null;
  /** The pool, kept as the settings' views need it. */
  poolFor(settings: ProjectConfig['train']): Promise<BuildImages>;
}

/**
 * Loads what every run of a project needs, and a job for its own method, whose teacher the caller disposes of. Without
 * `teacher` in the project, a method that needs none trains without.
 */
export async function prepareTraining(
  project: OpenProject,
  options: Pick<PrepareOptions, 'isRehearsal'> = {},
): Promise<StudentJob> {
  const { config } = project;
  if (config.teacher === undefined && !METHODS[config.train.method].needsTeacher) return prepareUntaught(project);
  const inputs = await openTraining(project, loadTeacherOrMemory);
  return prepareStudent(inputs.project, inputs, options).catch((error: unknown) => {
    inputs.teacher.dispose();
    throw error;
  });
}

/** Of ImageNet, as most networks have it: images of the web are like these. */
const USUAL_INPUT: Omit<InputSpec, 'size'> = { range: [0, 1], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

async function prepareUntaught(opened: OpenProject): Promise<StudentJob> {
  const { project, start, build, engine } = await startTraining(opened);
  const test = await loadTestSet(project, build);
  requireDrawableBatch(project.config);
  const pool = await loadBuildImages(project, build, project.config.train);
  const input = studentInput(
    start,
    { size: pool.images.size, ...USUAL_INPUT },
    project.config.student.input as StudentInput | undefined,
  );
  const corrections = await loadPoolCorrections(project, build, pool);
  const known = { project, build, engine, pool, corrections, test, input, start, split: null, teacher: null };
  return { ...known, splitSummary: null, plan: planTraining(project.config, known) };
}

/** What comes before all else of a training. */
async function startTraining(
  opened: OpenProject,
): Promise<Pick<TrainingInputs, 'project' | 'start' | 'build' | 'engine'>> {
  requireTrainingSettings(opened.config);
  const build = await requireBuild(opened);
  const { project, start } = await openStudentStart(opened);
  const { config } = project;
  const enlarged = enlargedNote(config, buildShape(build, config.build).size);
  if (enlarged !== null) project.io.log(enlarged);
  const unknown = unknownInputNote(start, config.student.input as StudentInput | undefined);
  if (unknown !== null && config.teacher !== undefined) project.io.log(unknown);
  return { project, start, build, engine: await startTensorEngine(config.engine, project.io) };
}

/** Starts the engine, loads teacher and test images. @param load the teacher, or what is remembered of it */
export async function openTraining(
  opened: OpenProject,
  load: typeof loadTeacherOrMemory = loadTeacher,
): Promise<TrainingInputs> {
  const { project, start, build, engine } = await startTraining(opened);
  const teacher = await load(project.config, project.io.log);
  const test = await loadTestSet(project, build).catch((error: unknown) => {
    teacher.dispose();
    throw error;
  });
  const pools = new Map<boolean, BuildImages>();
  return {
    project,
    start,
    build,
    engine,
    teacher,
    test,
    async poolFor(settings) {
      const inRegions = drawsRegions(settings);
      const other = pools.get(!inRegions);
      const inMemory = other?.images.store.kind === 'memory' ? other : undefined;
      const pool = pools.get(inRegions) ?? inMemory ?? (await loadBuildImages(project, build, settings));
      pools.set(inRegions, pool);
      return pool;
    },
  };
}

export interface PrepareOptions {
  /** The teacher's, where several splits share them. */
  readonly answers?: PoolOutputs;
  /** No student comes of it: a split that the method does not read is not made. */
  readonly isRehearsal?: boolean;
}

/** A job for one method of a project, with the split that it asks for. */
export async function prepareStudent(
  project: OpenProject,
  { start, build, engine, teacher, test, poolFor }: TrainingInputs,
  { answers: outputs, isRehearsal = false }: PrepareOptions = {},
): Promise<StudentJob> {
  requireDrawableBatch(project.config);
  const pool = await poolFor(project.config.train);
  const shared = outputs === undefined ? {} : { answers: (flipped: boolean) => outputs(pool, flipped) };
  const isSplit = !isRehearsal || METHODS[project.config.train.method].needsSplit;
  const split = isSplit ? await splitPool(project, build, { pool, teacher, engine, ...shared }) : null;
  const splitSummary = split === null ? null : await summariseSplit(project, pool, split);
  const input = studentInput(start, teacher.input, project.config.student.input as StudentInput | undefined);
  const corrections = split?.corrections ?? (await loadPoolCorrections(project, build, pool));
  const known = { project, build, pool, teacher, input, start, split, corrections, splitSummary, test, engine };
  return { ...known, plan: planTraining(project.config, known) };
}

/** The teacher's answers for a pool, as it is or the mean with its mirror images. */
export type PoolOutputs = (pool: BuildImages, flipped: boolean) => Promise<Prediction>;

/** Asks the teacher once for either, however many splits need its answers. */
export function askOnce({ teacher, build, engine }: TrainingInputs, project: OpenProject): PoolOutputs {
  // Pools that are kept in other ways may hold other pixels.
  const asked = new Map<string, Promise<Prediction>>();
  return (pool, flipped) => {
    const key = `${pool.images.store.kind === 'encoded'}, ${flipped}`;
    const outputs = asked.get(key) ?? askForSplit(project, build, { pool, teacher, engine }, flipped);
    asked.set(key, outputs);
    return outputs;
  };
}

/**
 * The test images of `evaluate.test`, made square as the pool's are; null where none are named. It is said where the data
 * set was not checked for copies of them.
 */
export async function loadTestSet({ config, io }: OpenProject, build: BuildRecord): Promise<ImageSet | null> {
  if (config.evaluate.test === undefined) return null;
  const { size, resize } = buildShape(build, config.build);
  const source = path.resolve(config.paths.root, config.evaluate.test);
  const test = await loadLabelledImages(
    source,
    config.classes.map(({ name }) => name),
    { size: config.train.size ?? size, resize: squareAsLearnt(undefined, resize), signal: io.signal },
  );
  // After it: images that cannot be read are named by then.
  await sayWhereUnchecked(build, source, io);
  return test;
}

interface LeakCheck {
  readonly digest?: string;
  readonly sources?: readonly { readonly digest: string }[];
}

/**
 * Says where a data set was built without a look at these test images: copies of them may be in it, and accuracy would
 * count what a student has seen.
 */
async function sayWhereUnchecked(
  { config }: Pick<BuildRecord, 'config'>,
  source: string,
  io: Pick<CommandIo, 'log'>,
): Promise<void> {
  const { leakCheck } = (config ?? {}) as { readonly leakCheck?: LeakCheck | null };
  const checked = leakCheck?.sources?.map(({ digest }) => digest) ?? [leakCheck?.digest];
  // Without a check there is nothing to read the images for.
  if (leakCheck && checked.includes(await digestLabelledFiles(await listLabelledFiles(source)))) return;
  io.log(
    `The data set was not checked for copies of these test images (evaluate.test: ${source}): accuracy may count images that a student has learnt from. \`winnow build\` leaves such copies out.`,
  );
}
