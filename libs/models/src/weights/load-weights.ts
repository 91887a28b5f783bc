import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { decodeSafetensors } from '../formats/safetensors/decode-safetensors';
import { fromTorchLayout, isBatchCounter, torchShape, weightKind } from './torch-layout';
import type { Model } from '../model';
import type { SafetensorsTensor } from '../formats/safetensors/safetensors';

export interface LoadWeightsOptions {
  /** Names the file in errors. */
  readonly where: string;
}

const { isFinite } = Number;

/**
 * Puts the weights of a safetensors file in PyTorch layout into the model; all or none.
 * @throws WinnowError TEACHER_MISMATCH for another number of classes; FORMAT_INVALID for a damaged file, missing or
 *   unexpected names, other shapes and values that are not finite
 */
export function loadWeights(model: Model, bytes: Uint8Array, { where }: LoadWeightsOptions): void {
  const { tensors } = decodeSafetensors(bytes, where);
  const stored = new Map([...tensors].filter(([name]) => !isBatchCounter(name)));
  checkClassCount(model, stored, where);
  checkNames(model, stored, where);
  const values = [...model.parameters].map(([name, variable]) => {
    const tensor = stored.get(name) as SafetensorsTensor;
    return { variable, data: laidOut(model, name, tensor, where) };
  });
  tf.tidy(() => {
    for (const { variable, data } of values) variable.assign(tf.tensor(data, variable.shape, 'float32'));
  });
}

function checkClassCount(model: Model, stored: ReadonlyMap<string, SafetensorsTensor>, where: string): void {
  const classes = stored.get(`${model.classifierName}.weight`)?.shape[0];
  if (classes === undefined || classes === model.classCount) return;
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `the weights have ${classes} classes, the model was asked for ${model.classCount}`,
    { where, next: 'Give the class list with which these weights were trained.' },
  );
}

function checkNames(model: Model, stored: ReadonlyMap<string, unknown>, where: string): void {
  const missing = [...model.parameters.keys()].filter((name) => !stored.has(name));
  const unexpected = [...stored.keys()].filter((name) => !model.parameters.has(name));
  if (missing.length === 0 && unexpected.length === 0) return;
  const parts = [
    missing.length > 0 ? `lack ${some(missing)}` : '',
    unexpected.length > 0 ? `have the unexpected ${some(unexpected)}` : '',
  ];
  throw new WinnowError(
    'FORMAT_INVALID',
    `the weights do not fit ${model.name}: they ${parts.filter((part) => part !== '').join(' and ')}`,
    { where, next: 'Name the architecture that these weights belong to.' },
  );
}

/** The first of them, and how many more there are. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => name.slice(0, 80));
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

/**
 * A tensor of a file in PyTorch's layout as the values of the model's parameter of that name.
 * @throws WinnowError FORMAT_INVALID for another shape, integers, and values that are not finite
 */
export function laidOut(model: Model, name: string, tensor: SafetensorsTensor, where: string): Float32Array {
  const next = 'Name the architecture that these weights belong to.';
  const kind = weightKind(model, name);
  const { shape } = model.parameters.get(name) as tf.Variable;
  const wanted = torchShape(shape, kind);
  if (tensor.shape.join() !== wanted.join()) {
    const message = `${name} has shape [${tensor.shape.join(', ')}], not [${wanted.join(', ')}]`;
    throw new WinnowError('FORMAT_INVALID', message, { where, next });
  }
  if (tensor.data instanceof BigInt64Array) {
    throw new WinnowError('FORMAT_INVALID', `${name} holds integers, not floats`, { where, next });
  }
  const data = new Float32Array(tensor.data);
  if (!data.every(isFinite)) {
    throw new WinnowError('FORMAT_INVALID', `${name} holds values that are not finite`, { where, next });
  }
  return fromTorchLayout(tensor.shape, data, kind).data;
}
