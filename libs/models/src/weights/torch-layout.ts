import type { Model } from '../model';

/** What a weight is, where its number of axes does not tell. */
export type WeightKind = 'depthwise' | 'other';

export interface LaidOut {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Ends of a shape that change places, each as it is: what is between them stays there. */
interface SwappedEnds {
  /** How many axes of the shape that is given come last. */
  readonly first: number;
  /** How many come first. */
  readonly last: number;
}

/** By the number of axes. OIHW to HWIO, [out, in] to [in, out], vectors as they are. */
const FROM_TORCH: Readonly<Record<number, SwappedEnds>> = { 2: { first: 1, last: 1 }, 4: { first: 1, last: 2 } };
const TO_TORCH: Readonly<Record<number, SwappedEnds>> = { 2: { first: 1, last: 1 }, 4: { first: 2, last: 1 } };
/** [channels, 1, height, width] <-> [height, width, channels, 1], its own inverse. */
const DEPTHWISE: SwappedEnds = { first: 2, last: 2 };

/** Places of each end that are copied together: as many numbers as processors fetch at once. */
const TILE = 16;

/** @param name one of the model's parameters */
export function weightKind(model: Pick<Model, 'depthwiseNames'>, name: string): WeightKind {
  return model.depthwiseNames.has(name) ? 'depthwise' : 'other';
}

/**
 * PyTorch's weight to ours: convolution OIHW to HWIO, depthwise [channels, 1, height, width] to [height, width, channels,
 * 1], linear [out, in] to [in, out]; others unchanged.
 */
export function fromTorchLayout(shape: readonly number[], data: Float32Array, kind: WeightKind): LaidOut {
  return swapEnds(shape, data, kind === 'depthwise' ? DEPTHWISE : FROM_TORCH[shape.length]);
}

/** The inverse of fromTorchLayout. */
export function toTorchLayout(shape: readonly number[], data: Float32Array, kind: WeightKind): LaidOut {
  return swapEnds(shape, data, kind === 'depthwise' ? DEPTHWISE : TO_TORCH[shape.length]);
}

/** PyTorch's shape of a weight of ours. */
export function torchShape(shape: readonly number[], kind: WeightKind): readonly number[] {
  return swappedShape(shape, kind === 'depthwise' ? DEPTHWISE : TO_TORCH[shape.length]);
}

function swappedShape(shape: readonly number[], ends: SwappedEnds | undefined): readonly number[] {
  if (ends === undefined) return shape;
  const { first, last } = ends;
  return [...shape.slice(-last), ...shape.slice(first, -last), ...shape.slice(0, first)];
}

/** [first, middle, last] to [last, middle, first]. */
function swapEnds(shape: readonly number[], data: Float32Array, ends: SwappedEnds | undefined): LaidOut {
  if (ends === undefined) return { shape, data };
  const first = sizeOf(shape.slice(0, ends.first));
  const last = sizeOf(shape.slice(-ends.last));
  const middle = sizeOf(shape.slice(ends.first, -ends.last));
  const out = new Float32Array(data.length);
  for (let fromFirst = 0; fromFirst < first; fromFirst += TILE) {
    const endFirst = Math.min(first, fromFirst + TILE);
    for (let fromLast = 0; fromLast < last; fromLast += TILE) {
      const endLast = Math.min(last, fromLast + TILE);
      for (let j = 0; j < middle; j += 1) {
        for (let k = fromLast; k < endLast; k += 1) {
          const to = (k * middle + j) * first;
          for (let i = fromFirst; i < endFirst; i += 1) out[to + i] = data[(i * middle + j) * last + k] as number;
        }
      }
    }
  }
  return { shape: swappedShape(shape, ends), data: out };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** True for a weight's name under which PyTorch counts batches, beside the running statistics; nothing here needs it. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith('num_batches_tracked');
}
