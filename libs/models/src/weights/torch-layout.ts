import type { Model } from '../model';

/** What a weight is, where its number of axes does not tell. */
export type WeightKind = 'depthwise' | 'other';

export interface LaidOut {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Where PyTorch's axis `i` lies among ours: OIHW <-> HWIO, [out, in] <-> [in, out], vectors as they are. */
const FROM_TORCH: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };
const TO_TORCH: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };
/** [channels, 1, height, width] <-> [height, width, channels, 1], its own inverse. */
const DEPTHWISE: readonly number[] = [2, 3, 0, 1];

/** @param name one of the model's parameters */
export function weightKind(model: Pick<Model, 'depthwiseNames'>, name: string): WeightKind {
  return model.depthwiseNames.has(name) ? 'depthwise' : 'other';
}

/**
 * PyTorch's weight to ours: convolution OIHW to HWIO, depthwise [channels, 1, height, width] to [height, width, channels,
 * 1], linear [out, in] to [in, out]; others unchanged.
 */
export function fromTorchLayout(shape: readonly number[], data: Float32Array, kind: WeightKind): LaidOut {
  return permute(shape, data, kind === 'depthwise' ? DEPTHWISE : FROM_TORCH[shape.length]);
}

/** The inverse of fromTorchLayout. */
export function toTorchLayout(shape: readonly number[], data: Float32Array, kind: WeightKind): LaidOut {
  return permute(shape, data, kind === 'depthwise' ? DEPTHWISE : TO_TORCH[shape.length]);
}

/** Output axis `i` is input axis `order[i]`. */
function permute(shape: readonly number[], data: Float32Array, order: readonly number[] | undefined): LaidOut {
  if (order === undefined || order.length < 2) return { shape, data };
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const outShape = order.map((axis) => shape[axis] as number);
  const outStrides = order.map((axis) => strides[axis] as number);
  const out = new Float32Array(data.length);
  const index = new Array<number>(outShape.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to += 1) {
    out[to] = data[from] as number;
    for (let axis = outShape.length - 1; axis >= 0; axis -= 1) {
      const stride = outStrides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      from += stride;
      if ((index[axis] as number) < (outShape[axis] as number)) break;
      from -= stride * (outShape[axis] as number);
      index[axis] = 0;
    }
  }
  return { shape: outShape, data: out };
}

/** True for a weight's name under which PyTorch counts batches, beside the running statistics; nothing here needs it. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith('num_batches_tracked');
}
