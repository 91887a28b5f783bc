import { setImmediate } from 'node:timers/promises';
import { type EpochMetrics, type ProgressTask, WinnowError, withProgress } from '@winnow/contracts';
import { withFixedNorms } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { checkTrainRequest } from './check-train-request';
import { DrawAhead } from '../loader/draw-ahead';
import type { DrawnImages, Renderer } from '../loader/image-draw';
import { openRenderer } from '../loader/renderer';
import { sliceDrawn } from '../loader/image-draw';
import { addStep, EMPTY_SUMS, epochMetrics } from './epoch-sums';
import type { PreparedMethod, Student } from '../method';
import { beginStudent, startIdentity, startNotes } from '../student/student-start';
import { learningRateAt } from './schedule';
import type { CheckpointPosition, TrainRequest, TrainResult } from './train-options';
import { courseOf, stateSettingsOf, type TrainSettings, trainSettingsOf } from './train-settings';
import { encodeCheckpoint, type LoopPosition, restoreCheckpoint } from './training-checkpoint';
import { type StepResult, TrainingState } from './training-state';

/**
 * Trains the student in place. Everything drawn is a pure function of (seed, step), and a checkpoint holds all that
 * changes, so a run that was stopped and taken up again ends with the same bits as an undisturbed one on the same
 * engine. With `ema` it is the average of its weights that is evaluated, and that it has at the end; with
 * `startShare` what lies between that and the weights that it began with.
 * @throws WinnowError MISSING_INPUT, SHAPE_MISMATCH or TEACHER_MISMATCH where method, data and networks do not fit;
 *   INTERRUPTED after an abort; INTERNAL where the loss or a weight is no longer a number
 */
export async function train(request: TrainRequest): Promise<TrainResult> {
  checkTrainRequest(request);
  const { method, data, teacher, options, signal, progress } = request;
  const { seconds = processSeconds } = request;
  const random = new SeededRandom(options.seed).fork('train', method.streamName ?? method.name);
  const { batch, epochs, accumulate, augment, batchNorm, optimizer, settings = {} } = trainSettingsOf(request);
  const student = trainedStudent(request.student, batchNorm);
  const start = seconds();
  const earlier = (await request.checkpoint?.load()) ?? null;
  const learning = { data, teacher, student, batch, accumulate, optimizer, epochs, augment, settings, random };
  const { workers, onTeacherRefined, keptOutputs } = request;
  const isResumed = earlier !== null;
  const watched = { signal, progress, isResumed, workers, onTeacherRefined };
  const context = { ...learning, ...watched, asked: new Map(), keptOutputs };
  const prepared = await method.prepare(context);
  let renderer: Renderer | undefined;
  let loop: TrainingLoop | undefined;
  try {
    if (!isResumed) await beginStudent(method, context);
    const prepareSeconds = seconds() - start;
    renderer = makeRenderer(request, random.fork('views'));
    const started = { prepared, prepareSeconds, startNotes: startNotes(method, context) };
    loop = new TrainingLoop({ ...request, student, seconds }, started, renderer);
    return await loop.run(earlier);
  } finally {
    loop?.dispose();
    prepared.dispose();
    await renderer?.close();
  }
}

/** The student as its method sees it. */
function trainedStudent(student: Student, batchNorm: TrainSettings['batchNorm']): Student {
  if (batchNorm === 'train') return student;
  return { ...student, model: withFixedNorms(student.model, { trainsAffine: batchNorm === 'fixed-statistics' }) };
}

function processSeconds(): number {
  return performance.now() / 1000;
}

function makeRenderer({ data, student, workers = 0 }: TrainRequest, random: SeededRandom): Renderer {
  const seed = `${random.uint32()}-${random.uint32()}`;
  const { input } = student;
  return openRenderer(data.images, { seed, size: input.size, normalise: workers > 0 ? input : null }, workers);
}

type TimedRequest = TrainRequest & Required<Pick<TrainRequest, 'seconds'>>;

interface StartedRun {
  readonly prepared: PreparedMethod;
  readonly prepareSeconds: number;
  readonly startNotes: readonly string[];
}

class TrainingLoop {
  readonly #request: TimedRequest;
  readonly #prepared: PreparedMethod;
  readonly #startNotes: readonly string[];
  readonly #images: DrawAhead;
  readonly #state: TrainingState;
  readonly #totalSteps: number;
  readonly #settings: TrainSettings;
  #position: LoopPosition;
  /** Step of the checkpoint last loaded or saved. */
  #keptStep: number | null = null;

  constructor(request: TimedRequest, { prepared, prepareSeconds, startNotes: began }: StartedRun, renderer: Renderer) {
    this.#request = request;
    this.#position = { step: 0, imagesSeen: 0, prepareSeconds, sums: EMPTY_SUMS };
    this.#settings = trainSettingsOf(request);
    this.#prepared = prepared;
    this.#startNotes = began;
    this.#state = new TrainingState(request.student, prepared, stateSettingsOf(this.#settings));
    this.#totalSteps = request.options.epochs * prepared.stepsPerEpoch;
    this.#images = new DrawAhead(renderer, (step) => prepared.draw(step), this.#totalSteps);
  }

  /** @param earlier the checkpoint to go on from */
  async run(earlier: Uint8Array | null): Promise<TrainResult> {
    const resumedFrom = earlier === null ? null : this.#resume(earlier);
    const metrics: EpochMetrics[] = [];
    const label = `train ${this.#request.method.name}`;
    await withProgress(this.#request.progress, { label, total: this.#totalSteps, unit: 'steps' }, async (task) => {
      while (this.#position.step < this.#totalSteps) {
        await this.#stopIfAsked();
        await this.#step(task);
        if (this.#position.step % this.#prepared.stepsPerEpoch === 0) metrics.push(await this.#endEpoch());
        else if (this.#isCheckpointDue()) await this.#save();
        // Lets signals and other events in.
        await setImmediate();
      }
    });
    this.#state.average?.take();
    const { step: steps, imagesSeen, prepareSeconds } = this.#position;
    const notes = [...this.#startNotes, ...this.#prepared.notes, ...this.#averageNotes()];
    return { steps, imagesSeen, prepareSeconds, resumedFrom, metrics, notes };
  }

  #averageNotes(): string[] {
    const { ema, startShare: startFraction } = this.#settings;
    const average = `the moving average (decay ${ema}, warmed up) of those of its updates`;
    if (startFraction === 0) return ema === 0 ? [] : [`The student's weights are ${average}.`];
    const trained = ema === 0 ? 'its last ones' : average;
    return [
      `The student's weights are ${Number((1 - startFraction).toFixed(6))} times ${trained} and ${startFraction} times those that it began with.`,
    ];
  }

  dispose(): void {
    this.#state.dispose();
  }

  #resume(bytes: Uint8Array): CheckpointPosition {
    const { checkpoint } = this.#request;
    const { prepareSeconds } = this.#position;
    const run = this.#identity();
    const earlier = restoreCheckpoint(bytes, this.#state.tensors, { run, where: checkpoint?.where });
    this.#position = { ...earlier, prepareSeconds: earlier.prepareSeconds + prepareSeconds };
    this.#keptStep = earlier.step;
    return this.#place();
  }

  async #step(task: ProgressTask): Promise<void> {
    const { step } = this.#position;
    const { accumulate } = this.#settings;
    const { seconds } = this.#request;
    const start = seconds();
    const drawn = await this.#images.take(step);
    const makePart = (part: number) => () =>
      this.#prepared.step(
        { step, part },
        drawn.map((images: DrawnImages) => sliceDrawn(images, part, accumulate)),
      );
    const parts = Array.from({ length: accumulate }, (_, part) => makePart(part));
    const result = this.#state.apply(parts, { learningRate: this.#learningRate(step), step });
    requireFinite(result, step);
    this.#position = {
      ...this.#position,
      step: step + 1,
      imagesSeen: this.#position.imagesSeen + result.imagesSeen,
      sums: addStep(this.#position.sums, result, seconds() - start),
    };
    task.update(
      step + 1,
      `epoch ${Math.floor(step / this.#prepared.stepsPerEpoch) + 1}, loss ${result.loss.toFixed(3)}`,
    );
  }

  async #endEpoch(): Promise<EpochMetrics> {
    const { options, onEpoch } = this.#request;
    const { step, sums } = this.#position;
    const { epoch } = this.#place();
    this.#requireFiniteState();
    const isDue = epoch === options.epochs || (options.evaluateEvery ? epoch % options.evaluateEvery === 0 : false);
    const accuracy = isDue ? await this.#evaluate() : undefined;
    const metrics = epochMetrics(sums, { epoch, learningRate: this.#learningRate(step - 1), accuracy });
    await onEpoch?.(metrics);
    this.#position = { ...this.#position, sums: EMPTY_SUMS };
    await this.#save();
    return metrics;
  }

  async #evaluate(): Promise<number | undefined> {
    const { evaluate, student } = this.#request;
    if (evaluate === undefined) return undefined;
    const { average } = this.#state;
    return average === null ? evaluate(student.model) : average.during(() => evaluate(student.model));
  }

  async #stopIfAsked(): Promise<void> {
    if (!this.#request.signal?.aborted) return;
    await this.#save();
    throw new WinnowError('INTERRUPTED', `training stopped after ${this.#position.step} of ${this.#totalSteps} steps`, {
      next: this.#request.checkpoint ? 'Run the same command again to go on.' : 'Run the command again.',
    });
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#request;
    // Its bytes would differ in seconds: a kill between them and their record would spoil the newest checkpoint.
    if (!checkpoint || this.#position.step === this.#keptStep) return;
    this.#requireFiniteState();
    const bytes = encodeCheckpoint(this.#state.tensors, { position: this.#position, run: this.#identity() });
    await checkpoint.save(bytes, this.#place());
    this.#keptStep = this.#position.step;
  }

  /** The loss of a step is that from before its update: of the last one, only the weights tell what it did. */
  #requireFiniteState(): void {
    const culprits = this.#state.notFinite();
    if (culprits.length > 0) throw diverged(`the weights are no longer numbers (${culprits[0]})`, this.#position.step);
  }

  #isCheckpointDue(): boolean {
    const every = this.#request.options.checkpointEverySteps ?? 0;
    return every > 0 && this.#position.step % every === 0;
  }

  #place(): CheckpointPosition {
    const { step } = this.#position;
    return { epoch: Math.floor(step / this.#prepared.stepsPerEpoch), step };
  }

  #learningRate(step: number): number {
    const { schedule, learningRate: base } = this.#settings;
    return learningRateAt(schedule, { base, step, totalSteps: this.#totalSteps });
  }

  /** What decides the course of the run, as one text. */
  #identity(): string {
    const { method, data, student } = this.#request;
    const { name, streamName = name, revision } = method;
    return JSON.stringify([
      streamName,
      revision,
      student.model.name,
      data.images.count,
      this.#prepared.stepsPerEpoch,
      courseOf(this.#settings),
      ...startIdentity(student),
    ]);
  }
}

function requireFinite({ loss, parts }: StepResult, step: number): void {
  if (Number.isFinite(loss)) return;
  const culprits = Object.entries(parts).flatMap(([name, value]) => (Number.isFinite(value) ? [] : [name]));
  throw diverged(`the loss is no longer a number (${culprits.join(', ') || 'sum'})`, step + 1);
}

function diverged(message: string, step: number): WinnowError {
  return new WinnowError('INTERNAL', message, {
    where: `step ${step}`,
    next: 'Train again with a lower learning rate.',
  });
}
