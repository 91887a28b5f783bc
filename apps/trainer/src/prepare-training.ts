import path from 'node:path';
import type { BuildRecord } from '@winnow/db';
import { buildShape } from './build-shape';
import { loadBuildImages } from './load-build-images';
import { loadLabelledPictures } from './load-labelled-pictures';
import { loadTeacher } from './load-teacher';
import { requireBuild } from './open-project';
import type { OpenProject } from './open-project';
import { splitPool } from './split-pool';
import { startTensorEngine } from './start-tensor-engine';
import type { StudentJob } from './train-student';

/** Loads what every run of a project shares: engine, teacher, pool, split and test pictures. */
export async function prepareTraining(project: OpenProject): Promise<StudentJob> {
  const { config, io } = project;
  const build = await requireBuild(project);
  const engine = await startTensorEngine(config.engine, io);
  const teacher = await loadTeacher(config);
  const pool = await loadBuildImages(project, build);
  const split = await splitPool(project, build, { pool, teacher, engine });
  const test = await loadTestSet(project, build);
  return { project, build, pool, teacher, split, test, engine };
}

/** The test pictures of `evaluate.test`, or null where none are named. */
export async function loadTestSet({ config }: OpenProject, build: BuildRecord) {
  if (config.evaluate.test === undefined) return null;
  const { size, resize } = buildShape(build, config.build);
  return loadLabelledPictures(
    path.resolve(config.paths.root, config.evaluate.test),
    config.classes.map(({ name }) => name),
    { size: config.train.size ?? size, resize },
  );
}
