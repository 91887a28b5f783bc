import type { GraphWeight } from '../../passes/export-graph';
import { halfWeight } from '../half-floats';

/** How TF.js stores weights: as they are, as float16, or those that are whole numbers of eight bits so. */
export type WeightStorage = 'float32' | 'float16' | 'int8';

export interface StoredWeight {
  readonly bytes: Uint8Array;
  /** What the weights manifest says of it beside name, shape and dtype. */
  readonly quantization?: Readonly<Record<string, unknown>>;
}

const MIN_WHOLE = -127;

/** Vectors stay float32: they are small, and may be beyond float16's range. */
export function storedWeight(
  { name, shape, data }: GraphWeight & { readonly name: string },
  storage: WeightStorage,
): StoredWeight {
  if (storage === 'float16' && shape.length > 1) {
    return { bytes: bytesOf(halfWeight(data, name)), quantization: { dtype: 'float16', original_dtype: 'float32' } };
  }
  if (storage === 'int8' && shape.length > 1 && data.every(isWhole)) {
    const bytes = Uint8Array.from(data, (value) => value - MIN_WHOLE);
    return { bytes, quantization: { dtype: 'uint8', original_dtype: 'float32', scale: 1, min: MIN_WHOLE } };
  }
  return { bytes: bytesOf(data) };
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= -MIN_WHOLE;
}

/** Little-endian, as on every machine that winnow runs on. */
function bytesOf(data: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
