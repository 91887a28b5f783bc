import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { isRecord } from '../json-values';
import type { LaidOut } from '../../weights/torch-layout';
import type { SourceLayer, SourceOperation } from '../../adopt/source-layers';

/** A TF.js LayersModel in memory. */
export interface LayersModelFiles {
  readonly json: Readonly<Record<string, unknown>>;
  readonly weights: Uint8Array;
}

interface Layer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
}

const PASSED_OVER =
  'InputLayer ZeroPadding2D GlobalAveragePooling2D MaxPooling2D AveragePooling2D Reshape Flatten Dropout Softmax'.split(
    ' ',
  );
const MAX_DEPTH = 20;

/**
 * The layers of a TF.js LayersModel; an engine must be running.
 * @throws WinnowError FORMAT_INVALID naming what is none of an image classifier of ours
 */
export function readKerasLayers({ json, weights }: LayersModelFiles, where: string): readonly SourceLayer[] {
  const topology = json['modelTopology'] as Readonly<Record<string, unknown>>;
  const model = (isRecord(topology['model_config']) ? topology['model_config'] : topology) as Record<string, unknown>;
  const stored = readWeights({ json, weights }, where);
  return layersOf(model, where, 0).flatMap((layer) => {
    const operation = operationOf(layer, stored.get(layer.name) ?? new Map(), where);
    const { name, inputs, config } = layer;
    const then = typeof config['activation'] === 'string' ? activationNamed(config['activation']) : null;
    if (then === null || operation.kind === 'activation') return [{ name, inputs, output: name, ...operation }];
    // A layer with an activation of its own: nothing takes what is between.
    const between = `${name}, before its activation`;
    return [
      { name, inputs, output: between, ...operation },
      { name, inputs: [between], output: name, kind: 'activation' as const, activation: then },
    ];
  });
}

function readWeights({ json, weights }: LayersModelFiles, where: string): ReadonlyMap<string, LayerWeights> {
  const [group] = json['weightsManifest'] as readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
  try {
    const tensors = tf.io.decodeWeights(weights.slice().buffer as ArrayBuffer, group?.weights ?? []);
    const layers = new Map<string, Map<string, LaidOut>>();
    for (const [name, tensor] of Object.entries(tensors)) {
      const [layer, part] = [path.posix.dirname(name), path.posix.basename(name).replace(/:0$/, '')];
      const parts = layers.get(layer) ?? new Map<string, LaidOut>();
      layers.set(layer, parts.set(part, { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) }));
      tensor.dispose();
    }
    return layers;
  } catch (cause) {
    throw invalid(`Its weights cannot be read: ${String(cause).slice(0, 200)}`, where);
  }
}

/** With those of models within the model; of a sequence, each takes what the one before it gives. */
function layersOf(model: Readonly<Record<string, unknown>>, where: string, depth: number): readonly Layer[] {
  const config = model['config'];
  const listed = isRecord(config) ? config['layers'] : config;
  if (!Array.isArray(listed) || depth > MAX_DEPTH) throw invalid('It has no list of layers', where);
  let before: string[] = [];
  return listed.flatMap((value: unknown) => {
    const settings = isRecord(value) && isRecord(value['config']) ? value['config'] : null;
    if (!isRecord(value) || settings === null) throw invalid('A layer has no settings', where);
    if (Array.isArray(settings['layers'])) return layersOf(value, where, depth + 1);
    const name = String(value['name'] ?? settings['name']);
    const inputs = 'inbound_nodes' in value ? inboundNames(value['inbound_nodes'], 0) : before;
    before = [name];
    return [{ className: String(value['class_name']), name, config: settings, inputs }];
  });
}

/** Names in `[["conv", 0, 0, {}]]`, however deep, or in `keras_history`. */
function inboundNames(value: unknown, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) {
    const [name, node] = value as unknown[];
    if (typeof name === 'string' && typeof node === 'number') return [name];
    return value.flatMap((item) => inboundNames(item, depth + 1));
  }
  return isRecord(value) ? Object.values(value).flatMap((item) => inboundNames(item, depth + 1)) : [];
}

/** The stored weights of a layer, by the name within it. */
type LayerWeights = ReadonlyMap<string, LaidOut>;
type ReadOperation = (layer: Layer, weights: LayerWeights, where: string) => SourceOperation;

const OPERATIONS: Readonly<Record<string, ReadOperation>> = {
  Conv2D: convolution,
  DepthwiseConv2D: convolution,
  BatchNormalization: normalisation,
  Dense: (layer, weights, where) => ({
    kind: 'linear',
    weight: needed(layer, weights, ['kernel', where]),
    bias: weights.get('bias')?.data ?? null,
  }),
  Add: () => ({ kind: 'add' }),
  ReLU: ({ config: { max_value: ceiling = null } }) => ({
    kind: 'activation',
    activation: ceiling === null ? 'relu' : `relu${String(ceiling)}`,
  }),
  Activation: ({ config }) => {
    const activation = activationNamed(String(config['activation']));
    return activation === null ? { kind: 'passed over' } : { kind: 'activation', activation };
  },
};

function operationOf(layer: Layer, weights: LayerWeights, where: string): SourceOperation {
  const { className } = layer;
  if (Object.hasOwn(OPERATIONS, className)) return (OPERATIONS[className] as ReadOperation)(layer, weights, where);
  return PASSED_OVER.includes(className)
    ? { kind: 'passed over' }
    : { kind: 'activation', activation: className.slice(0, 80) };
}

function convolution(layer: Layer, weights: LayerWeights, where: string): SourceOperation {
  const { className, name, config } = layer;
  const depthwise = className === 'DepthwiseConv2D';
  const [stride, other = stride] = [config['strides']].flat();
  const dilations = [config['dilation_rate'] ?? 1].flat();
  if (typeof stride !== 'number' || other !== stride || dilations.some((step) => step !== 1)) {
    throw invalid(`The convolution ${name.slice(0, 80)} is of a kind that winnow does not have`, where);
  }
  const kernel = depthwise && weights.has('depthwise_kernel') ? 'depthwise_kernel' : 'kernel';
  const filter = needed(layer, weights, [kernel, where]);
  return { kind: 'convolution', filter, depthwise, stride, bias: weights.get('bias')?.data ?? null };
}

function normalisation(layer: Layer, weights: LayerWeights, where: string): SourceOperation {
  const { data: mean } = needed(layer, weights, ['moving_mean', where]);
  const { data: variance } = needed(layer, weights, ['moving_variance', where]);
  const gamma = weights.get('gamma')?.data ?? new Float32Array(mean.length).fill(1);
  const beta = weights.get('beta')?.data ?? new Float32Array(mean.length);
  return { kind: 'normalisation', gamma, beta, mean, variance, epsilon: Number(layer.config['epsilon'] ?? 1e-3) };
}

function needed({ name }: Layer, weights: LayerWeights, [part, where]: readonly [string, string]): LaidOut {
  const found = weights.get(part);
  if (found !== undefined) return found;
  throw invalid(`The layer ${name.slice(0, 80)} has no weight ${part}`, where);
}

/** Null for one of no consequence here. */
function activationNamed(name: string): string | null {
  return ['linear', 'softmax'].includes(name) ? null : name.slice(0, 80);
}

function invalid(message: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', message, { where, next: '`winnow models` lists the architectures.' });
}
