import { WinnowError } from '@winnow/contracts';
import {
  type ExportGraph,
  type GraphNode,
  type GraphOperation,
  type GraphWeight,
  isTokenOperation,
} from '../../passes/export-graph';

/** A layer of a Keras model, and its weights. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the layers that it takes its inputs from. */
  readonly inputs: readonly string[];
  /** In the order in which the layer has them, by the name within the layer. */
  readonly weights: readonly (GraphWeight & { readonly name: string })[];
}

const CHANNELS_LAST = { data_format: 'channels_last' };
/** Layers start with zeros: their weights follow, and to draw others takes time. */
const ZEROS = { class_name: 'Zeros', config: {} };

/**
 * What a node becomes: one layer, or two where Keras knows no padding of its own like PyTorch's (the same on every side).
 * @throws WinnowError INTERNAL for a max pool of negative numbers, which zeros around them would change
 */
export function kerasLayers(node: GraphNode, graph: ExportGraph): readonly KerasLayer[] {
  const { name, operation } = node;
  const inputs = node.inputs.map((location) => (graph[location] as GraphNode).name);
  const one = (className: string, config: KerasLayer['config'] = {}, weights: KerasLayer['weights'] = []) => {
    return [{ className, name, config, inputs, weights }];
  };
  if (isTokenOperation(operation)) {
    throw new WinnowError('CONFIG_INVALID', 'TF.js has no layers for a vision transformer', {
      where: name,
      next: 'Export this network as ONNX or safetensors.',
    });
  }
  switch (operation.kind) {
    case 'input':
      return one('InputLayer', { batch_input_shape: [null, ...node.shape], dtype: 'float32', sparse: false });
    case 'convolution':
      return padded(convolution(name, inputs, operation), {
        ...operation,
        kernel: operation.filter.shape[0] as number,
      });
    case 'normalisation': {
      const { gamma, beta, mean, variance, epsilon } = operation;
      return one('BatchNormalization', { axis: -1, epsilon, momentum: 0.9, center: true, scale: true }, [
        vector('gamma', gamma),
        vector('beta', beta),
        vector('moving_mean', mean),
        vector('moving_variance', variance),
      ]);
    }
    case 'add':
      return one('Add');
    case 'activation':
      return activation(name, inputs, operation.activation);
    case 'max-pool': {
      requireNoNegatives(graph[node.inputs[0] as number] as GraphNode);
      const { kernel, stride } = operation;
      const config = { pool_size: [kernel, kernel], strides: [stride, stride], padding: 'valid', ...CHANNELS_LAST };
      return padded({ className: 'MaxPooling2D', name, config, inputs, weights: [] }, operation);
    }
    case 'multiply':
      return one('Multiply');
    case 'layer-norm': {
      const { gamma, beta, epsilon } = operation;
      const weights = [vector('gamma', gamma), vector('beta', beta)];
      return one('LayerNormalization', { axis: -1, epsilon, center: true, scale: true }, weights);
    }
    case 'gelu':
      return one('Activation', { activation: 'gelu' });
    case 'mean-pool':
      return operation.keepsAxes ? meanPool(name, inputs, node.shape) : one('GlobalAveragePooling2D', CHANNELS_LAST);
    case 'linear': {
      const { weight, bias } = operation;
      const config = { units: bias.length, activation: 'linear', use_bias: true, kernel_initializer: ZEROS };
      return one('Dense', config, [{ name: 'kernel', ...weight }, vector('bias', bias)]);
    }
  }
}

type NamedActivation = Extract<GraphOperation, { kind: 'activation' }>['activation'];

/** Keras 2's hard sigmoid has another slope: ours is a rescaled ReLU6. */
function activation(name: string, inputs: readonly string[], kind: NamedActivation): readonly KerasLayer[] {
  const layer = (className: string, config: KerasLayer['config'], at = name, from = inputs): KerasLayer => {
    return { className, name: at, config, inputs: from, weights: [] };
  };
  switch (kind) {
    case 'relu':
    case 'relu6':
      return [layer('ReLU', { max_value: kind === 'relu6' ? 6 : null })];
    case 'sigmoid':
      return [layer('Activation', { activation: 'sigmoid' })];
    case 'silu':
      return [layer('Activation', { activation: 'swish' })];
    case 'hard-sigmoid':
    case 'hard-swish': {
      const factor = kind === 'hard-sigmoid' ? name : `${name}.factor`;
      const hardSigmoid = [
        layer('Rescaling', { scale: 1, offset: 3 }, `${name}.shifted`),
        layer('ReLU', { max_value: 6 }, `${name}.bounded`, [`${name}.shifted`]),
        layer('Rescaling', { scale: 1 / 6, offset: 0 }, factor, [`${name}.bounded`]),
      ];
      return kind === 'hard-sigmoid' ? hardSigmoid : [...hardSigmoid, layer('Multiply', {}, name, [...inputs, factor])];
    }
  }
}

/** False for a network with layers that TF.js does not have. */
export function hasKerasLayers(graph: ExportGraph): boolean {
  return !graph.some(({ operation: { kind } }) => kind === 'attention');
}

/** The pool of TF.js drops the axes: a reshape brings them back. */
function meanPool(name: string, inputs: readonly string[], shape: readonly number[]): readonly KerasLayer[] {
  const pooled = `${name}.flat`;
  return [
    { className: 'GlobalAveragePooling2D', name: pooled, config: CHANNELS_LAST, inputs, weights: [] },
    { className: 'Reshape', name, config: { target_shape: shape }, inputs: [pooled], weights: [] },
  ];
}

function convolution(
  name: string,
  inputs: readonly string[],
  { filter, bias, stride, depthwise }: Extract<GraphOperation, { kind: 'convolution' }>,
): KerasLayer {
  const [kernel, , , filters] = filter.shape as [number, number, number, number];
  const config = {
    kernel_size: [kernel, kernel],
    strides: [stride, stride],
    padding: 'valid',
    ...CHANNELS_LAST,
    dilation_rate: [1, 1],
    activation: 'linear',
    use_bias: bias !== null,
  };
  const offsets = bias === null ? [] : [vector('bias', bias)];
  if (depthwise) {
    return {
      className: 'DepthwiseConv2D',
      name,
      config: { ...config, depth_multiplier: 1, depthwise_initializer: ZEROS },
      inputs,
      weights: [{ name: 'depthwise_kernel', ...filter }, ...offsets],
    };
  }
  return {
    className: 'Conv2D',
    name,
    config: { filters, ...config, kernel_initializer: ZEROS },
    inputs,
    weights: [{ name: 'kernel', ...filter }, ...offsets],
  };
}

/**
 * With stride 1 and half the window, Keras's `same` puts as much on every side. Otherwise it does not, or gives pools
 * something else than zeros, so the zeros come before.
 */
function padded(
  layer: KerasLayer,
  { kernel, stride, padding }: { readonly kernel: number; readonly stride: number; readonly padding: number },
): readonly KerasLayer[] {
  if (padding === 0) return [layer];
  if (stride === 1 && 2 * padding === kernel - 1 && layer.className !== 'MaxPooling2D') {
    return [{ ...layer, config: { ...layer.config, padding: 'same' } }];
  }
  const name = `${layer.name}.padded`;
  const sides = [padding, padding];
  return [
    {
      className: 'ZeroPadding2D',
      name,
      config: { padding: [sides, sides], ...CHANNELS_LAST },
      inputs: layer.inputs,
      weights: [],
    },
    { ...layer, inputs: [name] },
  ];
}

/** Activations with negative results. */
const NEGATIVE: readonly string[] = ['hard-swish', 'silu'];

function requireNoNegatives({ name, operation }: GraphNode): void {
  if (operation.kind === 'activation' && !NEGATIVE.includes(operation.activation)) return;
  throw new WinnowError('INTERNAL', 'A LayersModel cannot pad a max pool of numbers that may be negative', {
    where: name,
    next: 'Export the network as ONNX, and report this as a bug.',
  });
}

function vector(name: string, data: Float32Array): GraphWeight & { readonly name: string } {
  return { name, shape: [data.length], data };
}
