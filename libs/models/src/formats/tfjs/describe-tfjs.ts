import { isRecord } from '../json-values';
import type { DeclaredTensor, ExternalDescription } from '../../external/external-description';
import type { TfjsFiles } from './read-tfjs-files';
import { findTeacherOutputs, type GraphNode, type NodeKind, rowOutputs } from '../../external/teacher-outputs';

/** Layers of Keras by what they do. */
const LAYER_KINDS: ReadonlyMap<unknown, NodeKind> = new Map<unknown, NodeKind>([
  ...['Dense', 'Conv2D'].map((name) => [name, 'classifier'] as const),
  ['Softmax', 'softmax'],
  ...['GlobalAveragePooling2D', 'AveragePooling2D'].map((name) => [name, 'pool'] as const),
  ...['Dropout', 'Flatten', 'Reshape'].map((name) => [name, 'pass'] as const),
]);
/** Operations of TensorFlow by what they do. */
const OP_KINDS: ReadonlyMap<unknown, NodeKind> = new Map<unknown, NodeKind>([
  ...['MatMul', '_FusedMatMul', 'Conv2D', '_FusedConv2D'].map((name) => [name, 'classifier'] as const),
  ['Softmax', 'softmax'],
  ...['Mean', 'AvgPool'].map((name) => [name, 'pool'] as const),
  ...['Add', 'AddV2', 'BiasAdd', 'Identity', 'Reshape', 'Squeeze'].map((name) => [name, 'pass'] as const),
  ['Const', 'constant'],
]);
const MAX_DEPTH = 20;

/** What model.json says of the model. */
export function describeTfjs({ kind, json, producer }: TfjsFiles): ExternalDescription {
  const { nodes, inputs, outputs } = kind === 'tfjs-graph' ? readGraph(json) : readLayers(json);
  const teacherOutputs = findTeacherOutputs(nodes, rowOutputs(outputs));
  return { kind, producer, opset: null, inputs, outputs, externalFiles: [], teacherOutputs };
}

interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
}

function readGraph(json: Readonly<Record<string, unknown>>): Graph {
  const found = recordsOf(recordOf(json['modelTopology'])['node']).flatMap((node) => {
    const { name, op, input } = node;
    if (typeof name !== 'string') return [];
    const inputs = textsOf(input).flatMap((text) => (text.startsWith('^') ? [] : [text.replace(/:\d+$/, '')]));
    return [{ op, attr: recordOf(node['attr']), kind: OP_KINDS.get(op) ?? ('other' as const), inputs, output: name }];
  });
  const used = new Set(found.flatMap(({ inputs }) => inputs));
  const last = found.filter(({ output, kind, op }) => kind !== 'constant' && op !== 'Placeholder' && !used.has(output));
  return {
    nodes: found,
    inputs: found
      .filter(({ op }) => op === 'Placeholder')
      .map(({ output, attr }) => {
        const dims = recordsOf(recordOf(recordOf(attr['shape'])['shape'])['dim']);
        return { name: output, type: 'float32', shape: dims.map(({ size }) => openSize(Number(size))) };
      }),
    outputs: last.map(({ output }) => ({ name: output, type: 'float32', shape: [] })),
  };
}

function readLayers(json: Readonly<Record<string, unknown>>): Graph {
  const topology = recordOf(json['modelTopology']);
  const { config } = isRecord(topology['model_config']) ? topology['model_config'] : topology;
  const layers = recordsOf(Array.isArray(config) ? config : recordOf(config)['layers']);
  const isSequence = !layers.some((layer) => firstTexts(layer['inbound_nodes']).length > 0);
  const names = layers.map((layer) => String(recordOf(layer['config'])['name'] ?? layer['name'] ?? ''));
  const nodes = layers.map((layer, index): GraphNode => {
    const before = index === 0 ? [] : [names[index - 1] as string];
    return {
      kind: layerKind(layer),
      inputs: isSequence ? before : firstTexts(layer['inbound_nodes']),
      output: names[index] as string,
    };
  });
  const withInput = layers.findIndex((layer) => Array.isArray(inputShape(layer)));
  const shape = withInput === -1 ? [] : (inputShape(layers[withInput] as Record<string, unknown>) as unknown[]);
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const last = nodes.filter(({ output }) => !used.has(output));
  return {
    nodes: nodes.flatMap((node, index) => withActivation(node, layers[index] as Record<string, unknown>)),
    inputs:
      withInput === -1
        ? []
        : [{ name: names[withInput] as string, type: 'float32', shape: shape.map((size) => openSize(Number(size))) }],
    outputs: last.map(({ output }) => ({ name: output, type: 'float32', shape: [] })),
  };
}

function layerKind(layer: Readonly<Record<string, unknown>>): NodeKind {
  const isSoftmax = layer['class_name'] === 'Activation' && recordOf(layer['config'])['activation'] === 'softmax';
  return isSoftmax ? 'softmax' : (LAYER_KINDS.get(layer['class_name']) ?? 'other');
}

/** A linear layer that ends in a softmax gives no logits: its output is that of a softmax over a tensor without a name. */
function withActivation(node: GraphNode, layer: Readonly<Record<string, unknown>>): GraphNode[] {
  if (node.kind !== 'classifier' || recordOf(layer['config'])['activation'] !== 'softmax') return [node];
  return [
    { ...node, output: '' },
    { kind: 'softmax', inputs: [''], output: node.output },
  ];
}

function inputShape(layer: Readonly<Record<string, unknown>>): unknown {
  const config = recordOf(layer['config']);
  return config['batch_input_shape'] ?? config['batch_shape'];
}

/** Names of layers in `[name, 0, 0, ...]`, however deep they lie: versions of Keras differ in what is around them. */
function firstTexts(value: unknown, depth = 0): string[] {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number') return [value[0]];
  return Object.values(value).flatMap((inner: unknown) => firstTexts(inner, depth + 1));
}

function openSize(size: number): number | null {
  return Number.isSafeInteger(size) && size > 0 ? size : null;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function recordsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
