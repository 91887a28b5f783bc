import { WinnowError } from '@winnow/contracts';
import type { tf } from '@winnow/tensor';
import { isRecord } from '../json-values';
import { isInnerPath } from '../../external/inner-file';

/** One group of a weights manifest, checked. */
export interface WeightsGroup {
  readonly paths: readonly string[];
  readonly weights: readonly tf.io.WeightsManifestEntry[];
  /** What its weights take in the files, bytes. */
  readonly sizeBytes: number;
}

/** Numbers only: texts and complex numbers have no place in an image classifier. */
const DTYPE_BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };
const QUANTIZED_BYTES: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float16: 2 };
const MAX_RANK = 8;

/**
 * Reads the `weightsManifest` of a TF.js model.
 * @throws WinnowError FORMAT_INVALID naming the entry
 */
export function readWeightsManifest(manifest: unknown, where: string): readonly WeightsGroup[] {
  if (!Array.isArray(manifest) || manifest.length === 0) throw invalid('it is not a list', where);
  return manifest.map((group: unknown) => {
    if (!isRecord(group) || !Array.isArray(group['paths']) || !Array.isArray(group['weights'])) {
      throw invalid('a group lacks paths or weights', where);
    }
    const paths = group['paths'].map((path: unknown) => {
      if (typeof path === 'string' && isInnerPath(path)) return path;
      throw invalid(`${JSON.stringify(path)?.slice(0, 100)} is not a path within the folder of the model`, where);
    });
    const entries = group['weights'].map((weight: unknown) => readWeight(weight, where));
    return {
      paths,
      weights: entries.map(({ entry }) => entry),
      sizeBytes: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  });
}

function readWeight(value: unknown, where: string): { entry: tf.io.WeightsManifestEntry; sizeBytes: number } {
  if (!isRecord(value) || typeof value['name'] !== 'string') throw invalid('a weight has no name', where);
  const { name, shape, dtype, quantization } = value;
  const shown = JSON.stringify(name.slice(0, 100));
  if (!isShape(shape)) throw invalid(`the weight ${shown} has no valid shape`, where);
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    throw invalid(`the weight ${shown} is not of ${Object.keys(DTYPE_BYTES).join(', ')}`, where);
  }
  let bytes = DTYPE_BYTES[dtype] as number;
  if (quantization !== undefined) {
    const stored = isRecord(quantization) ? quantization['dtype'] : undefined;
    if (typeof stored !== 'string' || !Object.hasOwn(QUANTIZED_BYTES, stored)) {
      throw invalid(`the weight ${shown} is quantised in an unknown way`, where);
    }
    bytes = QUANTIZED_BYTES[stored] as number;
  }
  const entry = { name, shape, dtype, ...(quantization === undefined ? {} : { quantization }) };
  return {
    entry: entry as tf.io.WeightsManifestEntry,
    sizeBytes: shape.reduce((product, size) => product * size, bytes),
  };
}

function isShape(shape: unknown): shape is number[] {
  return (
    Array.isArray(shape) && shape.length <= MAX_RANK && shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  );
}

function invalid(what: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `The weights manifest cannot be used: ${what}`, {
    where: `${where}, weightsManifest`,
    next: 'Convert the model again with tensorflowjs_converter, or save it with tfjs.',
  });
}
