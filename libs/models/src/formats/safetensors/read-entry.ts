import { isRecord } from '../is-record';
import { DTYPE_BYTES, type SafetensorsDtype } from './safetensors';

/** One tensor's line of the header, checked on its own. */
export interface HeaderEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Byte range within the data. */
  readonly range: readonly [number, number];
}

const MAX_RANK = 8;

/** @returns the entry, or what is wrong with it */
export function readEntry(value: unknown): HeaderEntry | string {
  if (!isRecord(value)) return 'it is not an object';
  const { dtype, shape, data_offsets: range, ...rest } = value;
  const unknownKey = Object.keys(rest)[0];
  if (unknownKey !== undefined) return `it has the unknown key ${JSON.stringify(unknownKey.slice(0, 40))}`;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    return `its dtype is none of ${Object.keys(DTYPE_BYTES).join(', ')}`;
  }
  if (!isCounts(shape) || shape.length > MAX_RANK) return `its shape is not a list of at most ${MAX_RANK} sizes`;
  if (!isCounts(range) || range.length !== 2) return 'its data_offsets are not two byte positions';
  return { dtype: dtype as SafetensorsDtype, shape, range: [range[0] as number, range[1] as number] };
}

/** @returns the texts, or null where a value is not a text */
export function readTexts(value: unknown): Record<string, string> | null {
  if (!isRecord(value)) return null;
  return Object.values(value).every((text) => typeof text === 'string') ? (value as Record<string, string>) : null;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
