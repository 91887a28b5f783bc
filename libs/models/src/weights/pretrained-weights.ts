import { type InputSpec, inputSpecSchema, WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { isModelName, MODEL_NAMES, type ModelShape, modelShape, type PlainModelName } from '../create-model';
import { decodeSafetensors } from '../formats/safetensors/decode-safetensors';
import { adoptNames } from '../formats/safetensors/adopt-safetensors';
import { fromJson } from '../formats/json-values';
import { isBatchCounter, torchShape, weightKind } from './torch-layout';
import { laidOut, some } from './load-weights';
import type { Model } from '../model';
import { readClassList } from '../formats/read-class-list';
import type { SafetensorsTensor } from '../formats/safetensors/safetensors';
import { sha256 } from './sha256';
import { PROJECTOR_PREFIX } from '../architectures/with-projector';

const PROJECTED = /\+projector-\d+$/;

/** A network that was trained before, on other classes: what a student begins with. */
export interface PretrainedWeights {
  /** Names the file in errors. */
  readonly where: string;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** By the file's names, batch counters left out. */
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  /** What its header calls its architecture; null where it does not. */
  readonly namedModel: string | null;
  /** How it had its pixels; null where the header does not say. */
  readonly input: Omit<InputSpec, 'size'> | null;
  /** Names of its outputs, in order; null where the header does not say. */
  readonly classes: readonly string[] | null;
}

/** The classifier that weights came with. */
export interface PretrainedHead {
  readonly outputCount: number;
  /** [outputCount, featureDim] */
  readonly weight: Float32Array;
  /** [outputCount] */
  readonly bias: Float32Array;
}

/**
 * Reads a safetensors file in names of torchvision, timm or winnow.
 * @throws WinnowError FORMAT_INVALID for a damaged file
 */
export function readPretrained(bytes: Uint8Array, where: string): PretrainedWeights {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const named = metadata['model'] ?? metadata['arch'] ?? null;
  return {
    where,
    sha256: sha256(bytes),
    tensors: new Map([...tensors].filter(([name]) => !isBatchCounter(name))),
    namedModel: named?.replace(PROJECTED, '') ?? null,
    input: readInput(metadata),
    classes: readClassList(metadata['classes'] ?? metadata['labels']),
  };
}

/** winnow's own entry, or `range` as two numbers. What is not understood is not there. */
function readInput(metadata: Readonly<Record<string, string>>): PretrainedWeights['input'] {
  const input = inputSpecSchema.safeParse(fromJson(metadata['input'] ?? ''));
  if (input.success) {
    const { size: _size, ...rest } = input.data;
    return rest;
  }
  const range = (metadata['range'] ?? '').split(',').map((text) => (text.trim() === '' ? NaN : Number(text)));
  const [low = NaN, high = NaN] = range;
  return range.length === 2 && low < high && range.every(Number.isFinite)
    ? { range: [low, high], mean: [0, 0, 0], std: [1, 1, 1] }
    : null;
}

/**
 * The architecture of the weights: what the header names, or the one that fits.
 * @throws WinnowError CONFIG_INVALID where none fits, or several do
 */
export function pretrainedModel(weights: PretrainedWeights): PlainModelName {
  const { namedModel, where } = weights;
  const named = MODEL_NAMES.find((name) => name === namedModel);
  if (named !== undefined && isFit(compareWith(modelShape(named), weights))) return named;
  const fitting = fittingModels(weights);
  const [only, another] = fitting;
  if (only !== undefined && another === undefined) return only;
  throw new WinnowError(
    'CONFIG_INVALID',
    only === undefined
      ? 'The weights are of none of the architectures of winnow'
      : `The weights fit ${fitting.join(' and ')}`,
    { where, next: `Say which it is: student.model (${(only === undefined ? MODEL_NAMES : fitting).join(', ')}).` },
  );
}

/**
 * Puts all weights but those of the classifier into the model; all or none. A projector of the model or of the file is
 * passed over like the classifier. An engine must be running.
 * @returns what was renamed on the way, for people
 * @throws WinnowError FORMAT_INVALID listing what is missing, left over or of another shape, and the architecture that
 *   fits where one does
 */
export function loadPretrained(model: Model, weights: PretrainedWeights): readonly string[] {
  const found = compareWith(model, weights);
  if (!isFit(found)) throw misfit(model.name, found, weights);
  const values = [...found.fitting].map(([name, tensor]) => ({
    variable: model.parameters.get(name) as tf.Variable,
    data: laidOut(model, name, tensor, weights.where),
  }));
  tf.tidy(() => {
    for (const { variable, data } of values) variable.assign(tf.tensor(data, variable.shape, 'float32'));
  });
  return found.notes;
}

/** The classifier in the weights, for other classes than the model's; null where there is none for its features. */
export function pretrainedHead(
  model: ModelShape & Pick<Model, 'featureDim'>,
  weights: PretrainedWeights,
): PretrainedHead | null {
  const { stored } = byOwnName(model, weights);
  const [weight, bias] = ['weight', 'bias'].map((part) => stored.get(`${model.classifierName}.${part}`));
  if (weight === undefined || bias === undefined) return null;
  const [outputCount = 0, featureDim] = weight.shape;
  if (weight.shape.length !== 2 || featureDim !== model.featureDim || bias.shape.join() !== String(outputCount))
    return null;
  if (weight.data instanceof BigInt64Array || bias.data instanceof BigInt64Array) return null;
  const head = { outputCount, weight: new Float32Array(weight.data), bias: new Float32Array(bias.data) };
  return head.weight.every(Number.isFinite) && head.bias.every(Number.isFinite) ? head : null;
}

/** The file's tensors by the model's names, and what was renamed for it. */
function byOwnName(model: ModelShape, { tensors }: PretrainedWeights) {
  const { own, notes } = adoptNames(model, [...tensors.keys()]);
  return { stored: new Map([...tensors].map(([name, tensor]) => [own(name), tensor])), notes };
}

interface Comparison {
  /** The file's tensors by the model's names. */
  readonly fitting: ReadonlyMap<string, SafetensorsTensor>;
  readonly missing: readonly string[];
  readonly leftOver: readonly string[];
  /** Of another shape, each with both. */
  readonly misshapen: readonly string[];
  readonly notes: readonly string[];
}

function isFit({ missing, leftOver, misshapen }: Comparison): boolean {
  return missing.length === 0 && leftOver.length === 0 && misshapen.length === 0;
}

/** What is made anew for other classes. */
function isHead({ classifierName }: ModelShape, name: string): boolean {
  return name.startsWith(PROJECTOR_PREFIX) || name === `${classifierName}.weight` || name === `${classifierName}.bias`;
}

/** A projector takes the place of what some networks have before their classifier: that is passed over, too. */
function withoutProjector({ name, parameters }: ModelShape): ModelShape['parameters'] {
  const plain = name.replace(PROJECTED, '');
  return plain !== name && isModelName(plain) ? modelShape(plain).parameters : parameters;
}

function compareWith(model: ModelShape, weights: PretrainedWeights): Comparison {
  const { stored, notes } = byOwnName(model, weights);
  const fitting = new Map<string, SafetensorsTensor>();
  const [missing, misshapen]: [string[], string[]] = [[], []];
  for (const [name, { shape }] of model.parameters) {
    if (isHead(model, name)) continue;
    const wanted = torchShape(shape, weightKind(model, name)).join(', ');
    const tensor = stored.get(name);
    if (tensor === undefined) missing.push(name);
    else if (tensor.shape.join(', ') === wanted) fitting.set(name, tensor);
    else misshapen.push(`${name} ([${tensor.shape.join(', ')}], not [${wanted}])`);
  }
  const known = withoutProjector(model);
  const leftOver = [...stored.keys()].filter((name) => !known.has(name) && !isHead(model, name));
  return { fitting, missing, leftOver, misshapen, notes };
}

function fittingModels(weights: PretrainedWeights): readonly PlainModelName[] {
  return MODEL_NAMES.filter((name) => isFit(compareWith(modelShape(name), weights)));
}

function misfit(name: string, found: Comparison, weights: PretrainedWeights): WinnowError {
  const parts = Object.entries({
    missing: found.missing,
    'left over': found.leftOver,
    'of another shape': found.misshapen,
  }).flatMap(([what, names]) => (names.length === 0 ? [] : [`${names.length} ${what}: ${some(names)}`]));
  const fitting = fittingModels(weights);
  return new WinnowError('FORMAT_INVALID', `The weights are not of ${name}. ${parts.join('; ')}`, {
    where: weights.where,
    next:
      fitting.length === 0
        ? 'Name the architecture that they are of (student.model), or other weights.'
        : `They fit ${fitting.join(' and ')}: set student.model.`,
  });
}
