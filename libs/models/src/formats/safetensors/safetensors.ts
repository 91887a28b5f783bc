/** Values of one tensor, row-major; 16-bit floats are widened to Float32Array when read. */
export type SafetensorsData = Float32Array | Float64Array | BigInt64Array;

export type SafetensorsDtype = 'F32' | 'F16' | 'BF16' | 'F64' | 'I64';

export interface SafetensorsTensor {
  /** As stored in the file. */
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly data: SafetensorsData;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Length of the little-endian header size at the start of the file. */
export const PREFIX_BYTES = 8;
/** Longest header that the format allows. */
export const MAX_HEADER_BYTES = 100_000_000;
export const METADATA_KEY = '__metadata__';

export const DTYPE_BYTES: Readonly<Record<SafetensorsDtype, number>> = { F32: 4, F16: 2, BF16: 2, F64: 8, I64: 8 };
