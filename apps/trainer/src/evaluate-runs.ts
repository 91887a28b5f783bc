import { existsSync } from 'node:fs';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { listFinishedRuns, updateRunSummary } from '@winnow/db';
import { writeFileAtomic } from '@winnow/runs';
import { accuracy, predict, predictedClasses } from '@winnow/training';
import { confusionMatrix } from './confusion-record';
import { loadNetwork, loadTeacher } from './load-teacher';
import { measureOnTest } from './measure-student';
import { requireBuild } from './open-project';
import type { OpenProject } from './open-project';
import { loadTestSet } from './prepare-training';
import { startTensorEngine } from './start-tensor-engine';
import { STUDENT_FILE } from './train-student';

/** A finished student on the test set; shares in 0..1. */
export interface EvaluatedRun {
  readonly folder: string;
  readonly method: string;
  readonly seed: number;
  readonly accuracy: number;
  readonly calibrationError: number;
  readonly perClassAccuracy: Readonly<Record<string, number>>;
  /** Rows: true class, columns: predicted class; counts. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Reads every finished run's weights again and measures them on `evaluate.test`; writes evaluation.json into each run
 * folder.
 * @throws WinnowError MISSING_INPUT without test pictures or finished runs
 */
export async function evaluateRuns(project: OpenProject): Promise<{
  readonly rows: readonly EvaluatedRun[];
  readonly teacherAccuracy: number;
  /** Run folders whose weights are gone. */
  readonly missing: readonly string[];
}> {
  const { config, db, io, file } = project;
  const build = await requireBuild(project);
  const runs = await listFinishedRuns(db, config.name, build.id);
  const test = await loadTestSet(project, build);
  if (test === null) {
    throw new WinnowError('MISSING_INPUT', 'The project names no test pictures', {
      where: `${file}, key evaluate.test`,
      next: 'Name a folder with one folder per class; until then `winnow train` reports agreement with the teacher.',
    });
  }
  if (runs.length === 0) {
    throw new WinnowError('MISSING_INPUT', 'No student is finished yet', {
      where: file,
      next: `Run \`winnow train ${file}\` first.`,
    });
  }
  await startTensorEngine(config.engine, io);
  const teacher = await loadTeacher(config);
  const teacherScores = await predict(teacher.frozen, test);
  teacher.dispose();
  const rows: EvaluatedRun[] = [];
  const missing: string[] = [];
  for (const run of runs) {
    const folder = path.join(config.paths.runs, run.folder);
    if (!existsSync(path.join(folder, STUDENT_FILE))) {
      missing.push(run.folder);
      continue;
    }
    const student = await loadNetwork(path.join(folder, STUDENT_FILE));
    const scores = await predict(student.frozen, test, { signal: io.signal });
    student.dispose();
    const measures = measureOnTest(scores, teacherScores, test);
    const row: EvaluatedRun = {
      folder: run.folder,
      method: run.method,
      seed: run.seed,
      accuracy: accuracy(scores, test.labels),
      calibrationError: measures.calibrationError as number,
      perClassAccuracy: measures.perClassAccuracy as Readonly<Record<string, number>>,
      confusion: confusionMatrix(predictedClasses(scores), test.labels, test.classes.length),
    };
    await writeFileAtomic(path.join(folder, 'evaluation.json'), `${JSON.stringify(row, null, 2)}\n`);
    await updateRunSummary(db, run.identity, { ...run.summary, ...measures });
    rows.push(row);
  }
  return { rows, teacherAccuracy: accuracy(teacherScores, test.labels), missing };
}
