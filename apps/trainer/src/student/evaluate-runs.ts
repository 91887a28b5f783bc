import path from 'node:path';
import { existsSync } from 'node:fs';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { ImageSet } from '@winnow/contracts';
import { listFinishedRuns, updateRunSummary } from '@winnow/db';
import type { RunRow } from '@winnow/db';
import { writeFileAtomic } from '@winnow/files';
import { findRun } from '@winnow/runs';
import { accuracy, mapTeacher, predict, predictedClasses } from '@winnow/training';
import type { Prediction } from '@winnow/training';
import { digestImages } from '../data/image-sets';
import { predictTest } from '../noise/kept-predictions';
import { requireBuild } from '../open-project';
import type { OpenProject } from '../open-project';
import { startTensorEngine } from '../start-tensor-engine';
import { stopsAll } from '../stops-all';
import { loadNetwork, loadTeacher } from '../teacher/load-teacher';
import { STUDENT_FILE } from '../teacher/weights-file';
import { keepTestAnswers } from './keep-test-answers';
import { confusionMatrix, measureOnTest } from './measure-student';
import { loadTestSet } from './prepare-training';

/** A finished student on the test set; shares in 0..1. */
export interface EvaluatedRun {
  readonly folder: string;
  readonly method: string;
  /** Architecture. */
  readonly model: string;
  readonly seed: number;
  readonly accuracy: number;
  /** Of the test images. */
  readonly testDigest: string;
  readonly calibrationError: number;
  readonly perClassAccuracy: Readonly<Record<string, number>>;
  /** Rows: true class, columns: predicted class; counts. Null for more than a thousand classes. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** In the order of `confusion`. */
  readonly classes: readonly string[];
  /** With its own teacher, and that one's accuracy; null where the project has another by now, or none. */
  readonly agreement: number | null;
  readonly teacherAccuracy: number | null;
}

const MAX_MATRIX_CLASSES = 1000;

/**
 * Reads every finished run's weights again and measures them on `evaluate.test`; writes evaluation.json and answers-test.f16 into
 * each run folder. What a run was told of its teacher stays where the project has another by now.
 * @throws WinnowError MISSING_INPUT without test images or finished runs
 */
export async function evaluateRuns(project: OpenProject): Promise<{
  readonly rows: readonly EvaluatedRun[];
  /** Null where the project names no teacher. */
  readonly teacherAccuracy: number | null;
  /** Run folders whose weights are gone. */
  readonly missing: readonly string[];
  /** Runs that cannot be measured on these images: of other classes, say. */
  readonly failures: readonly { readonly folder: string; readonly reason: string }[];
}> {
  const { config, withDatabase, io, file } = project;
  const build = await requireBuild(project);
  const runs = await withDatabase((db) => listFinishedRuns(db, config.name, build.id));
  const test = await loadTestSet(project, build);
  if (test === null) {
    throw new WinnowError('MISSING_INPUT', 'The project names no test images', {
      where: `${file}, key evaluate.test`,
      next: 'Name a folder with one folder per class; until then `winnow train` reports agreement with the teacher.',
    });
  }
  if (runs.length === 0) {
    const earlier = (await withDatabase((db) => listFinishedRuns(db, config.name))).length;
    const others = `${earlier} ${earlier === 1 ? 'student is' : 'students are'} of earlier data sets, none of this one`;
    throw new WinnowError('MISSING_INPUT', earlier === 0 ? 'No student is finished yet' : others, {
      where: `${file}, data set ${build.id}`,
      next: `Run \`winnow train ${file}\` first.`,
    });
  }
  const engine = await startTensorEngine(config.engine, io);
  // Students may have learned without one.
  const teacher = config.teacher === undefined ? null : await loadTeacher(config, io.log);
  const teacherScores =
    teacher === null ? null : await predictTest(project, { test, teacher, engine }).finally(() => teacher.dispose());
  const rows: EvaluatedRun[] = [];
  const missing: string[] = [];
  const failures: { folder: string; reason: string }[] = [];
  for (const run of runs) {
    if (!existsSync(path.join(config.paths.runs, run.folder, STUDENT_FILE))) {
      missing.push(run.folder);
      continue;
    }
    try {
      rows.push(await evaluateRun(run, { project, test, teacherScores, teacherDigest: teacher?.digest ?? null }));
    } catch (error) {
      if (!isWinnowError(error) || stopsAll(error)) throw error;
      failures.push({ folder: run.folder, reason: error.message });
    }
  }
  return {
    rows,
    teacherAccuracy: teacherScores === null ? null : accuracy(teacherScores, test.labels),
    missing,
    failures,
  };
}

interface Evaluation {
  readonly project: OpenProject;
  readonly test: ImageSet;
  readonly teacherScores: Prediction | null;
  readonly teacherDigest: string | null;
}

async function evaluateRun(run: RunRow, evaluation: Evaluation): Promise<EvaluatedRun> {
  const { project, test, teacherScores, teacherDigest } = evaluation;
  const { config, io } = project;
  const folder = path.join(config.paths.runs, run.folder);
  const student = await loadNetwork(path.join(folder, STUDENT_FILE));
  if (student.remark !== undefined) io.log(student.remark);
  let scores: Prediction;
  try {
    requireClasses(student.classes, test.classes);
    // Its outputs are in the order that the classes had then.
    scores = await predict(mapTeacher(student.frozen, student.classes, test.classes), test, {
      features: false,
      signal: io.signal,
    });
  } finally {
    student.dispose();
  }
  const measures = measureOnTest(scores, teacherScores, test);
  const isItsTeacher = (await findRun(config.paths.runs, run.identity))?.manifest.teacherDigest === teacherDigest;
  const row: EvaluatedRun = {
    folder: run.folder,
    method: run.method,
    model: run.model,
    seed: run.seed,
    accuracy: accuracy(scores, test.labels),
    testDigest: digestImages(test),
    calibrationError: measures.calibrationError as number,
    perClassAccuracy: measures.perClassAccuracy as Readonly<Record<string, number>>,
    confusion:
      test.classes.length > MAX_MATRIX_CLASSES
        ? null
        : confusionMatrix(predictedClasses(scores), test.labels, test.classes.length),
    classes: test.classes,
    agreement: isItsTeacher ? measures.agreement : null,
    teacherAccuracy: isItsTeacher ? measures.teacherAccuracy : null,
  };
  const { agreement, teacherAccuracy } = run.summary;
  const ofTeacher = isItsTeacher ? {} : { agreement, teacherAccuracy };
  await keepTestAnswers(folder, scores, test);
  await writeFileAtomic(path.join(folder, 'evaluation.json'), `${JSON.stringify(row, null, 2)}\n`);
  const summary = { ...run.summary, ...measures, ...ofTeacher };
  await project.withDatabase((db) => updateRunSummary(db, run.identity, summary));
  return row;
}

function requireClasses(known: readonly string[], asked: readonly string[]): void {
  const names = new Set(known);
  const unknown = asked.filter((name) => !names.has(name));
  if (unknown.length === 0) return;
  throw new WinnowError('SHAPE_MISMATCH', `it was trained without the classes ${unknown.slice(0, 5).join(', ')}`, {
    where: 'its weights',
    next: 'Train it again for the classes of today.',
  });
}
