import type { Model } from '@winnow/models';
import { createStudent, METHODS, suggestedWorkers } from '@winnow/training';
import type { AugmentOptions, TrainingData, TrainRequest } from '@winnow/training';
import { requireModelName } from '../require-model-name';
import type { StudentJob } from './student-job';

/** The network of a job, before its first step. @throws WinnowError as createStudent */
export function createJobStudent({ project, teacher, start }: StudentJob): Model {
  const { train, student, classes } = project.config;
  return createStudent(METHODS[train.method], {
    model: requireModelName(student.model, { code: 'CONFIG_INVALID', where: 'key student.model' }),
    teacher: teacher?.frozen ?? null,
    classCount: classes.length,
    seed: train.seed,
    start: start ?? undefined,
  });
}

/** What a job asks of `train`, whatever becomes of its steps. */
export function trainRequestOf(
  { project, teacher, input, start, plan }: StudentJob,
  model: Model,
  data: TrainingData,
): Pick<TrainRequest, 'method' | 'data' | 'teacher' | 'student' | 'options' | 'workers' | 'signal'> {
  const { method, workers, pixelMemoryBytes: _limit, size: _size, settings: own, ...settings } = project.config.train;
  const { schedule, warmUp, ...resolved } = plan.settings;
  const augment = settings.augment as AugmentOptions;
  const chosen = METHODS[method];
  return {
    method: chosen,
    data,
    teacher: teacher?.frozen ?? null,
    student: { model, input, start: start ?? undefined },
    options: {
      ...settings,
      ...resolved,
      settings: own?.[method] ?? {},
      augment,
      schedule: { name: schedule, warmUp },
    },
    workers: workers === 'auto' ? suggestedWorkers({ method: chosen, augment, images: data.images }) : workers,
    signal: project.io.signal,
  };
}
