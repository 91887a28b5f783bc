import { createHash } from 'node:crypto';
import { type CommandIo, type SplitQuality, WinnowError } from '@winnow/contracts';
import type { Model } from '@winnow/models';
import type { SplitResult } from '@winnow/noise';
import { percentText } from '@winnow/runs';
import type { EngineChoice } from '@winnow/tensor';
import {
  CHECKPOINT_EVERY_STEPS,
  accuracy,
  createStudent,
  DEFAULT_AUGMENT,
  freezeModel,
  METHODS,
  type MethodSettings,
  predict,
  requireMethodSettings,
  type ScheduleName,
  selectImages,
  type Student,
  type StudentStart,
  suggestedWorkers,
  train,
} from '@winnow/training';
import { digestImages } from '../data/image-sets';
import { holdOut } from '../student/training-part';
import type { ResolvedTraining } from '../student/plan/training-plan';
import { requireModelName } from '../require-model-name';
import { SPLIT_READERS } from '../noise/corrections';
import { toPoolSplit } from '../noise/split-pool';
import { selectSplitRows } from '../noise/split-rows';
import { startTensorEngine } from '../start-tensor-engine';
import { WorldCheckpoints, holdCheckpointFolder, NO_PROGRESS } from './world-checkpoints';
import { UsageMeter } from '../resource-usage';
import { openWorld, type OpenWorld } from './open-world';
import { type HeldOutMeasure, measureHeldOut } from './held-out-measure';
import { courseOfWorld, describeWorldPlan, type OptimiserSettings, planWorld, type WorldRequest } from './world-plan';
import { measureRefinement, type RefinementMeasure } from './refinement-measure';
import type { ReviewQuality } from './review-split';
import { describeSplit, splitWorld, type WorldSplit } from './split-world';
import { openWorldStudent, type WorldStudent } from './world-student';

export interface WorldMeasures {
  readonly world: string;
  readonly method: string;
  readonly oracle?: true;
  readonly settings?: MethodSettings;
  readonly train?: OptimiserSettings;
  readonly student: string;
  /** The weights that it began with, where they were not random. */
  readonly start?: { readonly sha256: string; readonly head: StudentStart['head'] };
  readonly schedule: ScheduleName;
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  /** What was set or decided of the training. */
  readonly plan: ResolvedTraining;
  /** Of the student on the test images after the last epoch, 0..1. */
  readonly accuracy: number;
  /** On images of the pool that were kept from training, where the bench asks for it. */
  readonly heldOut?: HeldOutMeasure;
  /** Of the teacher on the same images, 0..1. */
  readonly teacher: number;
  readonly split: Pick<SplitQuality, 'method' | 'macroF1' | 'fpr95Open' | 'confusion'> & {
    readonly aurocOpen: number | null;
    readonly aurocClean: number | null;
  };
  readonly refinedAccuracy: number | null;
  /** What a simulated person's decisions were worth to the split; the other figures are with them. */
  readonly review?: ReviewQuality;
  /** What refining the teacher did, where the method refines it and this sitting saw it. */
  readonly refinement?: RefinementMeasure;
  /** Of training and what the method prepares for it, without loading, splitting and measuring. */
  readonly seconds: number;
  /** Of the processor's cores together, for the same work: what other programs on the machine change less. */
  readonly cpuSeconds: number;
  /** Of the split, the teacher's answers included. */
  readonly splitSeconds: number;
  /** Images of the pool drawn in the whole run. */
  readonly imagesSeen: number;
  /** Images of the pool drawn in an epoch. */
  readonly imagesPerEpoch: number;
  readonly steps: number;
  readonly parameters: number;
  /** While the student learnt. */
  readonly peakMemoryBytes: number;
  readonly engine: string;
  readonly trace: readonly { readonly epoch: number; readonly accuracy: number }[];
  readonly notes: readonly string[];
  /** How often it was begun or taken up again, where more than once; each counts what the method prepares. */
  readonly sittings?: number;
}

/**
 * Trains one student on a world's pool and measures it on its test images, which no method sees.
 * @throws WinnowError USAGE for an oracle that changes nothing and no such student; CONFIG_INVALID for a setting that the
 *   method does not have; as openWorld and train
 */
export async function measureWorld(bench: WorldRequest, choice: EngineChoice, io: CommandIo): Promise<WorldMeasures> {
  requireUsefulOracle(bench);
  requireSettings(bench);
  const { checkpoint } = bench;
  const release = checkpoint === undefined ? null : await holdCheckpointFolder(checkpoint);
  try {
    return await benchWorld(bench, choice, io);
  } finally {
    await release?.();
  }
}

async function benchWorld(bench: WorldRequest, choice: EngineChoice, io: CommandIo): Promise<WorldMeasures> {
  const engine = await startTensorEngine(choice, io);
  const opened = await openWorld(bench.source, io);
  const { world, teacher, test } = opened;
  let student: Model | undefined;
  try {
    const { name, start, input } = await openWorldStudent(bench, opened, io.cwd);
    const parts = bench.holdOut ? holdOut(opened.pool.images.count) : null;
    const found = await splitWorld(opened, { ...bench, heldOut: parts?.heldOut ?? [] }, io);
    const engineName = `${engine.name} ${engine.version}`;
    const kept = parts?.kept ?? null;
    const plan = planWorld(
      bench,
      { count: opened.pool.images.count, kinds: found.split.kinds, kept },
      { model: name, teacher: teacher.frozen, isPretrained: start !== null, hasRandomHead: start?.head === 'random' },
    );
    const checkpoints = await openCheckpoints(
      bench,
      { ...opened, split: found.split, start },
      { engine: engineName, plan },
    );
    student = createStudent(METHODS[bench.method], {
      model: name,
      teacher: teacher.frozen,
      classCount: world.classes.length,
      seed: bench.seed,
      start: start ?? undefined,
    });
    const learnt = await learnWorld(
      bench,
      {
        ...opened,
        split: found.split,
        known: found.known,
        truth: found.truth,
        kept,
        student: { model: student, input, start: start ?? undefined },
        checkpoints,
        plan,
      },
      io,
    );
    return {
      world: world.name,
      ...describeWorldPlan(bench, plan),
      student: student.name,
      ...(start !== null && { start: { sha256: start.weights.sha256, head: start.head } }),
      schedule: plan.schedule,
      accuracy: (learnt.trace.at(-1) as { accuracy: number }).accuracy,
      ...(parts && {
        heldOut: await measureHeldOut(
          { model: student, input },
          opened,
          { rows: parts.heldOut, found: found.byWinnow },
          io,
        ),
      }),
      teacher: accuracy(await predict(teacher.frozen, test, { features: false }), test.labels),
      ...describeSplit(found),
      ...learnt,
      imagesPerEpoch: learnt.imagesSeen / plan.epochs,
      parameters: student.parameterCount,
      engine: engineName,
    };
  } finally {
    student?.dispose();
    teacher.dispose();
  }
}

/** Before the world is read and split. */
function requireSettings({ method, settings, student }: WorldRequest): void {
  requireMethodSettings(METHODS[method], settings);
  if (student !== undefined) requireModelName(student, { code: 'USAGE', where: '--student' });
}

function requireUsefulOracle({ method, oracle, review }: WorldRequest): void {
  if (oracle && review !== undefined) {
    throw new WinnowError('USAGE', 'The true split leaves a person nothing to decide', {
      where: '--review',
      next: 'Leave one of the two out.',
    });
  }
  if (!oracle || SPLIT_READERS.includes(method)) return;
  throw new WinnowError('USAGE', `${method} does not read the split: the true one would change nothing`, {
    where: '--oracle',
    next: `Leave it out, or name a method that reads the split (${SPLIT_READERS.join(', ')}).`,
  });
}

async function openCheckpoints(
  bench: WorldRequest,
  { world, pool, test, teacher, split, start }: OpenWorld & Pick<WorldSplit, 'split'> & Pick<WorldStudent, 'start'>,
  { engine, plan }: { readonly engine: string; readonly plan: ResolvedTraining },
): Promise<WorldCheckpoints | null> {
  const { checkpoint } = bench;
  if (checkpoint === undefined) return null;
  const { revision } = METHODS[bench.method];
  const { kinds, probabilities } = split;
  const all = {
    world: world.name,
    ...courseOfWorld(bench, plan),
    ...(start !== null && { start: [start.weights.sha256, start.head] }),
    revision,
    engine,
    pool: digestImages(pool.images),
    test: digestImages(test),
    teacher: [teacher.digest, world.teacher?.rename ?? {}],
    split: createHash('sha256').update(kinds).update(probabilities).digest('hex'),
  };
  return WorldCheckpoints.open(checkpoint, JSON.stringify(all));
}

interface LearningWorld extends OpenWorld {
  readonly split: SplitResult;
  /** What was decided (SplitInput.known), [count]. */
  readonly known: Int32Array | undefined;
  /** Rows of the pool to learn from; null for all. */
  readonly kept: readonly number[] | null;
  readonly student: Student;
  readonly checkpoints: WorldCheckpoints | null;
  readonly plan: ResolvedTraining;
  /** For measuring only. */
  readonly truth: Int32Array;
}

type Learnt = Pick<
  WorldMeasures,
  'trace' | 'seconds' | 'cpuSeconds' | 'peakMemoryBytes' | 'imagesSeen' | 'steps' | 'notes' | 'sittings' | 'refinement'
>;

/** Trains; the method is given the pool's images, their given labels, the split, decisions, and nothing else. */
async function learnWorld(bench: WorldRequest, opened: LearningWorld, io: CommandIo): Promise<Learnt> {
  const { pool, split, known, kept, student, teacher, test, checkpoints, plan, truth } = opened;
  const { images } = pool;
  const method = METHODS[bench.method];
  const { seed, settings, train: optimiser } = bench;
  const { schedule, warmUp, ...resolved } = plan;
  const earlier = checkpoints?.earlier ?? NO_PROGRESS;
  const trace = [...earlier.trace];
  const meter = new UsageMeter(earlier.effort);
  const sittings = earlier.sittings + 1;
  let refined = earlier.refinement;
  checkpoints?.record(() => ({ trace, effort: meter.effort(), sittings, ...(refined && { refinement: refined }) }));
  const { imagesSeen, steps, notes } = await train({
    method,
    data: {
      images: kept === null ? images : selectImages(images, kept),
      split: toPoolSplit(kept === null ? split : selectSplitRows(split, kept)),
      ...(known && { known: kept === null ? known : Int32Array.from(kept, (row) => known[row] as number) }),
    },
    teacher: teacher.frozen,
    student,
    options: {
      ...optimiser,
      ...resolved,
      seed,
      settings,
      schedule: { name: schedule, warmUp },
      evaluateEvery: 1,
      checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
    },
    evaluate: (model) =>
      meter.leaveOut(async () =>
        accuracy(await predict(freezeModel(model, student.input), test, { features: false }), test.labels),
      ),
    onTeacherRefined: (refinement) =>
      meter.leaveOut(async () => {
        refined = await measureRefinement(refinement, { opened, kept, truth });
      }),
    ...(checkpoints && { checkpoint: checkpoints }),
    onEpoch: ({ epoch, accuracy: fraction = 0, seconds }) => {
      trace.push({ epoch, accuracy: fraction });
      io.log(`epoch ${epoch}: ${percentText(fraction)}, ${seconds.toFixed(0)} s`);
    },
    progress: io.progress,
    signal: io.signal,
    workers: suggestedWorkers({ method, augment: DEFAULT_AUGMENT, images }),
  });
  const measured = refined && { refinement: refined };
  return { trace, ...meter.effort(), imagesSeen, steps, notes, ...measured, ...(sittings > 1 && { sittings }) };
}
