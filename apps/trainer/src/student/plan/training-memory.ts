import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';
import { summariseModel } from '@winnow/models';
import type { ModelName } from '@winnow/models';

/** What decides how much memory training takes. */
export interface TrainingLoad {
  readonly model: ModelName;
  readonly classCount: number;
  /** Side of the images, pixels. */
  readonly size: number;
  /** Images a step. */
  readonly batch: number;
  /** Parts that a batch is cut into. */
  readonly accumulate: number;
  /** Images that are held decoded, bytes. */
  readonly imageBytes: number;
  /** Values that training keeps of each weight beyond SGD's velocity: AdamW's second moment, an average. Default 0. */
  readonly keptPerWeight?: number;
}

/** Node, the engine and its libraries: measured. */
const BASE_BYTES = 500e6;
/**
 * Bytes of a step for each byte that the convolutions give: outputs before and after normalisation, gradients, what the
 * allocator holds. Measured on libtensorflow: resnet10-half at 224 px 7.5, resnet18 at 112 px 6.3, mobilenetv2 at 112 px 4.6.
 */
const ACTIVATION_FACTOR = 6;
/** Weights, gradients, momentum, and copies of them in a step. */
const PARAMETER_FACTOR = 4;
const FLOAT_BYTES = 4;
/** Address space of WebAssembly. */
const WASM_BYTES = 2 ** 32;

/** Most memory that training will hold, bytes: an estimate, good to a third; the teacher's own comes on top. */
export function estimateTrainingBytes({
  model,
  classCount,
  size,
  batch,
  accumulate,
  imageBytes,
  keptPerWeight = 0,
}: TrainingLoad): number {
  const { activations, parameters } = summariseModel(model, { classCount, size });
  const ofStep = (batch / accumulate) * activations * ACTIVATION_FACTOR;
  return BASE_BYTES + imageBytes + FLOAT_BYTES * (ofStep + parameters * (PARAMETER_FACTOR + keptPerWeight));
}

/** Memory that this process may use with an engine, bytes. */
export function memoryOf(engine: string): number {
  const limit = constrainedMemory();
  const machine = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return engine === 'wasm' ? Math.min(machine, WASM_BYTES) : machine;
}

/** Less than that is nothing to speak of. */
const MIN_TOLD_BYTES = 1e9;
/** As much of the memory as a training may take without crowding others. */
const ROOMY_FRACTION = 0.5;

/**
 * One line for the person before training begins; null where it takes little.
 * @param availableBytes memory that there is
 */
export function describeTrainingMemory(load: TrainingLoad, availableBytes: number): string | null {
  const bytes = estimateTrainingBytes(load);
  if (bytes < MIN_TOLD_BYTES) return null;
  const { batch, accumulate, model, size } = load;
  const isCrowded = bytes > ROOMY_FRACTION * availableBytes;
  const target = isCrowded ? ROOMY_FRACTION * availableBytes : bytes / 2;
  const divisors = Array.from({ length: batch }, (_, index) => index + 1).filter(
    (parts) => parts > accumulate && batch % parts === 0,
  );
  const withParts = (parts: number): number => estimateTrainingBytes({ ...load, accumulate: parts });
  const parts = divisors.find((one) => withParts(one) <= target) ?? divisors.at(-1);
  const remedy =
    parts === undefined
      ? 'a smaller train.batch takes less'
      : `train.accumulate: ${parts} takes ${gigabytes(withParts(parts))}, in ${parts} parts of a batch`;
  const inParts = accumulate > 1 ? ` in ${accumulate} parts` : '';
  return `Memory: about ${gigabytes(bytes)} of ${gigabytes(availableBytes)}, a teacher's not counted (${model}, ${size} px, batch ${batch}${inParts}); ${remedy}.${isCrowded ? ' That is much of what there is.' : ''}`;
}

/** The same of what refining the teacher holds, before training. */
export function describeRefinementMemory(bytes: number, availableBytes: number): string | null {
  if (bytes < MIN_TOLD_BYTES) return null;
  const isCrowded = bytes > ROOMY_FRACTION * availableBytes;
  return `Memory while the teacher is refined: about ${gigabytes(bytes)} of ${gigabytes(availableBytes)}.${isCrowded ? ' That is much of what there is.' : ''}`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
