import { WinnowError } from '@winnow/contracts';
import { decodeSafetensors, encodeSafetensors, type WritableTensor } from '@winnow/models';
import { tf } from '@winnow/tensor';
import { type EpochSums, isEpochSums } from './epoch-sums';

/** A killed training repeats at most this many steps, unless its options say otherwise. */
export const CHECKPOINT_EVERY_STEPS = 50;

const FORMAT = 'winnow-checkpoint-2';
const FRESH = 'Remove it to train afresh.';

/** Where the loop stands: between two steps. */
export interface LoopPosition {
  /** Steps done since the start of the run. */
  readonly step: number;
  /** Images drawn since the start of the run. */
  readonly imagesSeen: number;
  /** What the method took before its first step, in every sitting. */
  readonly prepareSeconds: number;
  /** Of the epoch in progress. */
  readonly sums: EpochSums;
}

/** A safetensors file of all tensors as they are; the header names the run and the position. */
export function encodeCheckpoint(
  tensors: ReadonlyMap<string, tf.Variable>,
  { position, run }: { readonly position: LoopPosition; readonly run: string },
): Uint8Array {
  const values = new Map<string, WritableTensor>();
  for (const [name, variable] of tensors) {
    values.set(name, { shape: variable.shape, data: variable.dataSync() as Float32Array });
  }
  return encodeSafetensors(values, { format: FORMAT, run, position: JSON.stringify(position) });
}

/**
 * Puts a checkpoint's values into the tensors; all or none.
 * @param run what the checkpoint must belong to
 * @param where it lies, for errors
 * @throws WinnowError FORMAT_INVALID for a damaged one; DATA_CORRUPT for one of another run
 */
export function restoreCheckpoint(
  bytes: Uint8Array,
  tensors: ReadonlyMap<string, tf.Variable>,
  { run, where = 'checkpoint' }: { readonly run: string; readonly where?: string | undefined },
): LoopPosition {
  const external = (what: string): WinnowError =>
    new WinnowError('DATA_CORRUPT', `the checkpoint cannot be used: ${what}`, { where, next: FRESH });
  const { tensors: stored, metadata } = decodeStored(bytes, where);
  if (metadata['format'] !== FORMAT || metadata['run'] !== run) {
    throw external(`it was written by another run or version: ${(metadata['run'] ?? 'unknown').slice(0, 300)}`);
  }
  const position = parseJson(metadata['position'] ?? '');
  if (!isLoopPosition(position)) throw external('its position cannot be read');
  const values = [...tensors].map(([name, variable]) => {
    const tensor = stored.get(name);
    if (!(tensor?.data instanceof Float32Array) || tensor.shape.join() !== variable.shape.join()) {
      throw external(`it has no fitting tensor ${name}`);
    }
    return { variable, data: tensor.data };
  });
  if (stored.size !== tensors.size) throw external('it has tensors that this run does not');
  tf.tidy(() => {
    for (const { variable, data } of values) variable.assign(tf.tensor(data, variable.shape, 'float32'));
  });
  return position;
}

function decodeStored(bytes: Uint8Array, where: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes, where);
  } catch (cause) {
    // Its own advice is about weights from elsewhere.
    throw new WinnowError('FORMAT_INVALID', 'the checkpoint is damaged', { where, next: FRESH, cause });
  }
}

function isLoopPosition(value: unknown): value is LoopPosition {
  if (typeof value !== 'object' || value === null) return false;
  const { step, imagesSeen, prepareSeconds, sums } = value as Record<string, unknown>;
  const isCounted = Number.isInteger(step) && Number.isInteger(imagesSeen) && Number.isFinite(prepareSeconds);
  return isCounted && isEpochSums(sums);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
