import { firstRepeat, WinnowError } from '@winnow/contracts';
import { decodeSafetensors } from '../formats/safetensors/decode-safetensors';
import { encodeSafetensors } from '../formats/safetensors/encode-safetensors';
import { readClassList } from '../formats/read-class-list';
import type { SafetensorsData, SafetensorsFile, SafetensorsTensor } from '../formats/safetensors/safetensors';

/** Names of classes as a text tower embeds them. */
export interface TextEmbeddings {
  readonly classes: readonly string[];
  readonly dim: number;
  /** One row of length 1 a class, [classes, dim]. */
  readonly values: Float32Array;
  /** What its network multiplies cosines by; undefined where the file does not say. */
  readonly logitScale: number | undefined;
}

/** Beside the model of a zero-shot teacher. */
export const TEXT_FILE = 'text.safetensors';
/** Thousand names in eighty templates of 768 numbers are a quarter of it. */
export const MAX_TEXT_BYTES = 2 ** 30;

const MAX_CLASSES = 1_000_000;
/** As teacher.json takes them. */
const MAX_NAME_LENGTH = 500;
/** Beyond any that is trained (CLIP's is at most 100, SigLIP's some 117), so that logits stay finite. */
const MAX_LOGIT_SCALE = 10_000;
/** Rows of trained embeddings are about 1 to 10 long; opposite templates would leave rounding errors. */
const MIN_LENGTH = 1e-6;
const TENSOR = 'text';

/**
 * Reads text embeddings from safetensors: one tensor [classes, dim] or [classes, templates, dim] whose names are in the
 * header's entry `classes`, or given; or one tensor a class, [dim] or [templates, dim], called as the class is. Each
 * embedding is scaled to length 1, those of a class are averaged over its templates, and the mean is scaled again
 * (Radford et al., ICML 2021, section 3.1.4). The header's `logitScale` is what the network multiplies cosines by.
 * @param bytes the whole file; nothing of it is trusted
 * @param given names of the rows where the header has none
 * @throws WinnowError FORMAT_INVALID naming the class or entry that cannot be used; CONFIG_INVALID where names are
 *   missing or said twice
 */
export function readTextEmbeddings(
  bytes: Uint8Array,
  where: string,
  given?: readonly string[] | undefined,
): TextEmbeddings {
  const file = decodeSafetensors(bytes, where);
  const names = namesOf(file, given, where);
  const blocks = file.tensors.size === 1 ? matrixBlocks(file, names, where) : tensorBlocks(file, names, where);
  const classes = blocks.map(({ name }) => name);
  checkNames(classes, where);
  const dim = (blocks[0] as Block).dim;
  const values = new Float32Array(classes.length * dim);
  blocks.forEach((block, index) => {
    if (block.dim === dim) values.set(meanDirection(block, where), index * dim);
    else
      throw invalid(`${quote(block.name)} has ${block.dim} numbers, ${quote(classes[0] as string)} has ${dim}`, where);
  });
  return { classes, dim, values, logitScale: logitScaleOf(file, where) };
}

/** The file that readTextEmbeddings reads as the same embeddings. */
export function encodeTextEmbeddings({ classes, dim, values, logitScale }: TextEmbeddings): Uint8Array {
  return encodeSafetensors(new Map([[TENSOR, { shape: [classes.length, dim], data: values }]]), {
    classes: JSON.stringify(classes),
    ...(logitScale !== undefined && { logitScale: String(logitScale) }),
  });
}

/** The embeddings of one class. */
interface Block {
  readonly name: string;
  readonly dim: number;
  /** [templates, dim] */
  readonly data: Exclude<SafetensorsData, BigInt64Array>;
}

/** @throws WinnowError FORMAT_INVALID for an entry that is no list; CONFIG_INVALID where header and person say others */
function namesOf(
  { metadata }: SafetensorsFile,
  given: readonly string[] | undefined,
  where: string,
): readonly string[] | undefined {
  if (!Object.hasOwn(metadata, 'classes')) return given;
  const names = readClassList(metadata['classes']);
  if (names === null) throw invalid('the header entry classes is no list of names', where);
  if (given === undefined || JSON.stringify(given) === JSON.stringify(names)) return names;
  throw otherNames(where);
}

function matrixBlocks(
  { tensors }: SafetensorsFile,
  names: readonly string[] | undefined,
  where: string,
): readonly Block[] {
  const [[tensor, { shape, data }]] = [...tensors] as [[string, SafetensorsTensor]];
  const dim = shape.at(-1) ?? 0;
  const templates = shape.length === 3 ? (shape[1] as number) : 1;
  if ((shape.length !== 2 && shape.length !== 3) || dim < 2 || templates < 1) {
    throw invalid(`${quote(tensor)} has the shape [${shape.join(', ')}], not [classes, templates, dim]`, where);
  }
  if (names === undefined) {
    throw new WinnowError('CONFIG_INVALID', 'The text embeddings have no names', {
      where,
      next: 'Name the rows in the header (classes, a JSON list), or with --labels FILE or --classes a,b,c.',
    });
  }
  if (shape[0] !== names.length)
    throw invalid(`${quote(tensor)} has ${shape[0]} rows for ${names.length} names`, where);
  const numbers = floats(tensor, data, where);
  const length = templates * dim;
  return names.map((name, row) => ({ name, dim, data: numbers.subarray(row * length, (row + 1) * length) }));
}

/** In the order of the names, else of the file. */
function tensorBlocks(
  { tensors }: SafetensorsFile,
  names: readonly string[] | undefined,
  where: string,
): readonly Block[] {
  const order = names ?? [...tensors.keys()];
  if (order.length !== tensors.size) throw otherNames(where);
  return order.map((name) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw otherNames(where);
    const { shape, data } = tensor;
    const dim = shape.at(-1) ?? 0;
    const isBlock = (shape.length === 1 || shape.length === 2) && dim >= 2 && data.length > 0;
    if (isBlock) return { name, dim, data: floats(name, data, where) };
    throw invalid(`${quote(name)} has the shape [${shape.join(', ')}], not [templates, dim]`, where);
  });
}

function otherNames(where: string): WinnowError {
  return new WinnowError(
    'CONFIG_INVALID',
    'The text embeddings name their classes otherwise than the class list does',
    {
      where,
      next: 'Leave --classes and --labels out; --rename says what the project calls them.',
    },
  );
}

function floats(name: string, data: SafetensorsData, where: string): Block['data'] {
  if (!(data instanceof BigInt64Array)) return data;
  throw invalid(`${quote(name)} holds integers, not floats`, where);
}

function checkNames(classes: readonly string[], where: string): void {
  if (classes.length < 2)
    throw invalid(`it has ${classes.length} classes, and a teacher tells two or more apart`, where);
  if (classes.length > MAX_CLASSES) throw invalid(`it has more than ${MAX_CLASSES} classes`, where);
  const double = firstRepeat(classes);
  if (double !== undefined) throw invalid(`two classes are called ${quote(double)}`, where);
  const odd = classes.find((name) => name.trim() === '' || name.length > MAX_NAME_LENGTH);
  if (odd !== undefined) throw invalid(`${quote(odd)} is no name of 1 to ${MAX_NAME_LENGTH} characters`, where);
}

/** Mean of the directions, as a direction: in float64, [dim]. */
function meanDirection({ name, dim, data }: Block, where: string): Float64Array {
  const sum = new Float64Array(dim);
  for (let from = 0; from < data.length; from += dim) {
    const row = Float64Array.from(data.subarray(from, from + dim));
    unit(row, `template ${from / dim + 1} of ${quote(name)}`, where).forEach((value, at) => {
      sum[at] = (sum[at] as number) + value;
    });
  }
  return unit(sum, `the mean of ${quote(name)}`, where);
}

function unit(row: Float64Array, what: string, where: string): Float64Array {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  if (Number.isFinite(length) && length >= MIN_LENGTH) return row.map((value) => value / length);
  const found = Number.isFinite(length) ? 'of length 0' : 'not made of finite numbers';
  throw invalid(`${what} is ${found}`, where);
}

function logitScaleOf({ metadata }: SafetensorsFile, where: string): number | undefined {
  if (!Object.hasOwn(metadata, 'logitScale')) return undefined;
  return requireLogitScale(Number(metadata['logitScale']), `${where}, __metadata__.logitScale`);
}

/** @throws WinnowError FORMAT_INVALID for what no cosine is multiplied by */
export function requireLogitScale(scale: number, where: string): number {
  if (scale > 0 && scale <= MAX_LOGIT_SCALE) return scale;
  throw new WinnowError('FORMAT_INVALID', `A logit scale lies above 0, up to ${MAX_LOGIT_SCALE}, and is not ${scale}`, {
    where,
    next: "Give what the network multiplies cosines by: of CLIP's parameter, model.logit_scale.exp(), some 100.",
  });
}

function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
}

function invalid(what: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `The text embeddings cannot be used: ${what}`, {
    where,
    next: 'Write them again, as docs/teachers.md describes ("A teacher from names").',
  });
}
