import type { RefinementPlan } from '@winnow/training';
import { architectureNamed } from '@winnow/models';
import type { ModelName } from '@winnow/models';
import { shrunkNote } from '@winnow/imaging';
import { buildShape } from '../../data/load-build-images';
import { heldOutOf } from '../training-part';
import { describeRefinementPlan, estimateRefinementBytes, refinementOf } from '../job-request';
import type { StudentJob } from '../student-job';
import { describeLength, lengthAdvice } from './training-length';
import type { TrainingLength } from './training-length';
import { describeRefinementMemory, describeTrainingMemory, estimateTrainingBytes, memoryOf } from './training-memory';
import type { TrainingLoad } from './training-memory';
import type { Decider, ResolvedTraining } from './training-plan';

/** Who decided a setting, in the order in which they are told. */
const DECIDERS: Readonly<Record<Decider, string>> = {
  project: 'set by you',
  pool: 'by the number of images',
  start: 'by how the student begins',
  architecture: 'by the architecture',
  method: 'by the method',
  default: 'defaults',
};

type PlannedJob = Pick<StudentJob, 'project' | 'pool' | 'teacher' | 'test' | 'plan' | 'start'>;

/** How long a job's training is. */
export function lengthOf({ project, pool, teacher, test, plan, start }: PlannedJob): TrainingLength {
  const { batch, epochs } = plan.settings;
  const { count } = pool.images;
  return {
    images: heldOutOf({ pool, teacher, test })?.kept.length ?? count,
    viewsPerImage: plan.viewsPerImage,
    batch,
    accumulate: project.config.train.accumulate,
    epochs,
    stepsPerEpoch: plan.stepsPerEpoch,
    isPretrained: start !== null,
  };
}

function loadOf({ project, pool, plan }: StudentJob): TrainingLoad {
  const { train, student, classes } = project.config;
  const { size, store } = pool.images;
  return {
    model: student.model as ModelName,
    classCount: classes.length,
    size,
    batch: plan.settings.batch,
    accumulate: train.accumulate,
    keptPerWeight:
      Number(plan.settings.optimizer === 'adamw') +
      Number(plan.settings.ema > 0 || plan.settings.startShare > 0) +
      Number(plan.settings.startShare > 0),
    imageBytes: store.kind === 'memory' ? store.pixels.byteLength : 0,
  };
}

/** Most memory that a job will hold beside its teacher, bytes: an estimate. */
export function estimateJobBytes(job: StudentJob): number {
  const refinement = refinementOf(job);
  const refining = refinement === null ? 0 : estimateRefinementBytes(job, refinement);
  return Math.max(refining, estimateTrainingBytes(loadOf(job)));
}

/** What a person should know before hours are spent: lines, warnings last. */
export function trainingBlock(job: StudentJob): readonly string[] {
  const { project, pool, plan, engine } = job;
  const { train, student } = project.config;
  const length = lengthOf(job);
  const { size, count } = pool.images;
  const heldOut = count - length.images;
  const available = memoryOf(engine.name);
  const memory = describeTrainingMemory(loadOf(job), available);
  const advice = lengthAdvice(length);
  const refinement = refinementOf(job);
  return [
    `Training by ${train.method}: ${student.model} at ${size} px, ${length.images} images${heldOut === 0 ? '' : ` (${heldOut} more are held out to measure on)`}.`,
    `  Steps: ${describeLength(length)}.`,
    ...(refinement === null ? [] : describeRefinement(job, refinement, available)),
    `  Settings: ${describeSettings(plan)}.`,
    ...(memory === null ? [] : [`  ${memory}`]),
    ...(advice === null ? [] : [`Warning: ${advice}`]),
    ...sizeWarnings(job).map((warning) => `Warning: ${warning}`),
  ];
}

function describeRefinement(job: StudentJob, refinement: RefinementPlan, availableBytes: number): string[] {
  const memory = describeRefinementMemory(estimateRefinementBytes(job, refinement), availableBytes);
  return [`  ${describeRefinementPlan(refinement)}`, ...(memory === null ? [] : [`  ${memory}`])];
}

/** By who decided them. */
function describeSettings({ settings, decidedBy }: StudentJob['plan']): string {
  const names = Object.keys(settings) as (keyof ResolvedTraining)[];
  return (Object.keys(DECIDERS) as Decider[])
    .flatMap((decider) => {
      const own = names.filter((name) => decidedBy[name] === decider);
      return own.length === 0
        ? []
        : [`${own.map((name) => `${name} ${settings[name]}`).join(', ')} (${DECIDERS[decider]})`];
    })
    .join('; ');
}

/** Images much smaller than photographs are, or than the architecture was made for. */
function sizeWarnings({ project, build, pool }: StudentJob): string[] {
  const { config, file } = project;
  const { size } = buildShape(build, config.build);
  const shrunk = shrunkNote(pool.medianSide, size, file);
  const { imageSize } = architectureNamed(config.student.model as ModelName);
  const seen = pool.images.size;
  const isSmall = 2 * seen < imageSize;
  return [
    ...(shrunk === null ? [] : [shrunk]),
    ...(isSmall
      ? [
          `${config.student.model} was made for images of ${imageSize} px, and so were pretrained weights of it; of ${seen} px little is left in its last layers. Set build.size: ${imageSize}, or take a student for small images (\`winnow models\`).`,
        ]
      : []),
  ];
}
