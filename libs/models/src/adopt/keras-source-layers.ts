import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { isRecord } from '../is-record';
import type { LaidOut } from '../torch-layout';
import type { SourceLayer, SourceOperation } from './source-layers';

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
    const operation = operationOf(layer, (name) => stored.get(`${layer.name}/${name}`) ?? null, where);
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

function readWeights({ json, weights }: LayersModelFiles, where: string): ReadonlyMap<string, LaidOut> {
  const [group] = json['weightsManifest'] as readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
  try {
    const tensors = tf.io.decodeWeights(weights.slice().buffer as ArrayBuffer, group?.weights ?? []);
    const values = Object.entries(tensors).map(([name, tensor]): [string, LaidOut] => {
      const data = Float32Array.from(tensor.dataSync());
      tensor.dispose();
      return [name.replace(/:0$/, ''), { shape: tensor.shape, data }];
    });
    return new Map(values);
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

function operationOf(layer: Layer, weight: (name: string) => LaidOut | null, where: string): SourceOperation {
  const { className, name, config } = layer;
  const needed = (part: string): LaidOut => {
    const found = weight(part);
    if (found !== null) return found;
    throw invalid(`The layer ${name.slice(0, 80)} has no weight ${part}`, where);
  };
  const bias = weight('bias')?.data ?? null;
  switch (className) {
    case 'Conv2D':
    case 'DepthwiseConv2D': {
      const depthwise = className === 'DepthwiseConv2D';
      const [stride, other] = [config['strides']].flat() as number[];
      const dilations = [config['dilation_rate'] ?? 1].flat();
      if (typeof stride !== 'number' || (other ?? stride) !== stride || dilations.some((step) => step !== 1)) {
        throw invalid(`The convolution ${name.slice(0, 80)} is of a kind that winnow does not have`, where);
      }
      const filter = depthwise ? (weight('depthwise_kernel') ?? needed('kernel')) : needed('kernel');
      return { kind: 'convolution', filter, depthwise, stride, bias };
    }
    case 'BatchNormalization': {
      const [mean, variance] = [needed('moving_mean').data, needed('moving_variance').data];
      const gamma = weight('gamma')?.data ?? new Float32Array(mean.length).fill(1);
      const beta = weight('beta')?.data ?? new Float32Array(mean.length);
      return { kind: 'normalisation', gamma, beta, mean, variance, epsilon: Number(config['epsilon'] ?? 1e-3) };
    }
    case 'Dense':
      return { kind: 'linear', weight: needed('kernel'), bias };
    case 'Add':
      return { kind: 'add' };
    case 'ReLU':
      return {
        kind: 'activation',
        activation: config['max_value'] === 6 ? 'relu6' : (config['max_value'] ?? null) === null ? 'relu' : 'ReLU',
      };
    case 'Activation': {
      const activation = activationNamed(String(config['activation']));
      return activation === null ? { kind: 'passed over' } : { kind: 'activation', activation };
    }
  }
  return PASSED_OVER.includes(className)
    ? { kind: 'passed over' }
    : { kind: 'activation', activation: className.slice(0, 80) };
}

/** Null for one of no consequence here. */
function activationNamed(name: string): string | null {
  return ['linear', 'softmax'].includes(name) ? null : name.slice(0, 80);
}

function invalid(message: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', message, { where, next: '`winnow models` lists the architectures.' });
}
