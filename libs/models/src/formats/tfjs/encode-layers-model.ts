import { joinBytes } from '../onnx/protobuf';
import { TFJS_JSON } from './read-tfjs-files';
import type { Calibration } from '../../int8/calibration';
import { type ExportDescription, exportMetadata } from '../export-description';
import { type ExportGraph, GRAPH_NAMES } from '../../passes/export-graph';
import { int8LayersGraph } from '../../int8/int8-layers-graph';
import { type KerasLayer, kerasLayers } from './keras-layers';
import { storedWeight, type WeightStorage } from './stored-weight';

/** As tensorflowjs_converter cuts them: a browser's cache keeps files of this size. */
const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * A graph as a LayersModel of TF.js: model.json and its weight files, by name. It takes [batch, size, size, 3] and gives
 * `logits`; `features` and `feature_map` are layers of it. The same graph gives the same bytes.
 */
export function encodeLayersModel(
  graph: ExportGraph,
  about: ExportDescription,
  storage: WeightStorage = 'float32',
): ReadonlyMap<string, Uint8Array> {
  const layers = graph.flatMap((node) => kerasLayers(node, graph));
  const weights = layers.flatMap((layer) =>
    layer.weights.map((weight) => ({
      entry: { name: `${layer.name}/${weight.name}`, shape: weight.shape, dtype: 'float32' },
      ...storedWeight(weight, storage),
    })),
  );
  const shards = cut(joinBytes(weights.map(({ bytes }) => bytes)));
  const names = shards.map((_, index) => `group1-shard${index + 1}of${shards.length}.bin`);
  const json = {
    format: 'layers-model',
    generatedBy: `winnow ${about.version}`,
    convertedBy: null,
    modelTopology: {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: { class_name: 'Functional', config: functional(about.model, layers) },
    },
    weightsManifest: [
      {
        paths: names,
        weights: weights.map(({ entry, quantization }) => ({ ...entry, ...(quantization && { quantization }) })),
      },
    ],
    userDefinedMetadata: exportMetadata(about, 'nhwc'),
  };
  const text = new TextEncoder().encode(`${JSON.stringify(json)}\n`);
  return new Map([[TFJS_JSON, text], ...shards.map((bytes, index) => [names[index] as string, bytes] as const)]);
}

/**
 * As encodeLayersModel, weights of layers stored as whole numbers of eight bits, which TF.js turns into float32 as it loads
 * them: a quarter of the bytes, computed as before.
 */
export function encodeLayersModelInt8(
  graph: ExportGraph,
  about: ExportDescription,
  calibration?: Calibration,
): ReadonlyMap<string, Uint8Array> {
  return encodeLayersModel(int8LayersGraph(graph, calibration), about, 'int8');
}

function functional(name: string, layers: readonly KerasLayer[]): object {
  return {
    name,
    trainable: true,
    layers: layers.map(({ className, name: layer, config, inputs }) => ({
      class_name: className,
      name: layer,
      config: { name: layer, ...(className === 'InputLayer' ? {} : { trainable: true, dtype: 'float32' }), ...config },
      inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
    })),
    input_layers: [[GRAPH_NAMES.input, 0, 0]],
    output_layers: [[GRAPH_NAMES.logits, 0, 0]],
  };
}

function cut(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / SHARD_BYTES);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * SHARD_BYTES, (index + 1) * SHARD_BYTES));
}
