import { WinnowError } from '@winnow/contracts';

const SECONDS_VARIABLE = 'WINNOW_TEACHER_SECONDS';
const MEGABYTES_VARIABLE = 'WINNOW_TEACHER_MEGABYTES';

const DEFAULT_SECONDS = 300;
/** onnxruntime itself, and whatever else does not grow. */
const BASE_BYTES = 2 ** 30;
/** A model's file, its weights in memory, and once more where they are laid out anew for the processor. */
const BYTES_PER_MODEL_BYTE = 4;
/** Of layers: the widest of usual classifiers hold some 50 numbers for each number of an image at once. */
const BYTES_PER_INPUT_BYTE = 128;

/** What an external network's process may use for one request. */
export interface ExternalLimits {
  readonly maxMillis: number;
  /** Resident memory, for a model file of so many bytes and a request with so many bytes of images. */
  maxBytes(modelBytes: number, inputBytes: number): number;
}

/**
 * Limits of the process that runs somebody's network, from the environment where that says them.
 * @throws WinnowError CONFIG_INVALID for what is no positive number
 */
export function externalLimits(env: Readonly<Record<string, string | undefined>> = process.env): ExternalLimits {
  const seconds = positive(env, SECONDS_VARIABLE) ?? DEFAULT_SECONDS;
  const megabytes = positive(env, MEGABYTES_VARIABLE);
  return {
    maxMillis: seconds * 1000,
    maxBytes: (modelBytes, inputBytes) =>
      megabytes === undefined
        ? BASE_BYTES + BYTES_PER_MODEL_BYTE * modelBytes + BYTES_PER_INPUT_BYTE * inputBytes
        : megabytes * 1e6,
  };
}

/** The error of a network that was ended. @param images how many it was asked about; 0 while it was loaded */
export function limitExceeded(
  exceeded: 'time' | 'memory',
  used: { readonly maxMillis: number; readonly maxBytes: number; readonly images: number },
  where: string,
): WinnowError {
  const doing = used.images === 0 ? 'while it was loaded' : `for ${used.images} images`;
  const [limit, variable, unit, hint] =
    exceeded === 'time'
      ? [`${used.maxMillis / 1000} s`, SECONDS_VARIABLE, 'seconds', 'a loop in it may never end']
      : [`${Math.round(used.maxBytes / 1e6)} MB`, MEGABYTES_VARIABLE, 'megabytes', 'a tensor in it may have no bound'];
  return new WinnowError('TEACHER_MISMATCH', `The model took more than ${limit} ${doing}, and was ended`, {
    where,
    next: `Check where it comes from (${hint}). If it needs that, set ${variable} to more ${unit}, or ask for fewer images at once (--batch).`,
  });
}

function positive(env: Readonly<Record<string, string | undefined>>, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new WinnowError('CONFIG_INVALID', `${name} is ${text.slice(0, 100)}, not a number above 0`, {
    where: name,
    next: 'Correct it, or leave it out.',
  });
}
