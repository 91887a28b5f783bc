import type { InputSpec } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import type { Model } from '../model';
import { type ExportGraph, GRAPH_NAMES, type GraphNode } from './export-graph';
import { RecordingPass } from './recording-pass';

export interface RecordOptions {
  /** What the network was trained for. */
  readonly input: InputSpec;
  /** True: the graph takes values from 0 to 255 and normalises them itself. */
  readonly raw: boolean;
}

/** What a graph that normalises by itself takes. */
export function rawInput({ size }: InputSpec): InputSpec {
  return { size, range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1] };
}

/**
 * The network as a graph for inference, for images of `input.size`. Its nodes are called after their weights; input,
 * last feature map, features and logits by GRAPH_NAMES.
 * @throws WinnowError INTERNAL for a network that computes something past its ForwardPass
 */
export function recordGraph(model: Model, { input, raw }: RecordOptions): ExportGraph {
  const pass = new RecordingPass(model.parameters);
  const last = tf.tidy(() => {
    const images = tf.zeros<tf.Rank.R4>([1, input.size, input.size, 3]);
    pass.record(images, GRAPH_NAMES.input, [], { kind: 'input' });
    const { featureMap, features, logits } = model.through(raw ? normalised(images, pass, input) : images, pass);
    const location = pass.placeOf(featureMap);
    const weight = model.parameters.get(`${model.classifierName}.weight`) as tf.Variable;
    const bias = model.parameters.get(`${model.classifierName}.bias`) as tf.Variable;
    pass.record(logits, GRAPH_NAMES.logits, [features], {
      kind: 'linear',
      weight: { shape: weight.shape, data: valuesOf(weight) },
      bias: valuesOf(bias),
    });
    return location;
  });
  return pass.nodes.map((node, location): GraphNode =>
    location === last ? { ...node, name: GRAPH_NAMES.featureMap } : node,
  );
}

/** (value scaled to range - mean) / std, as a normalisation with mean 0 and variance 1. */
function normalised(images: tf.Tensor4D, pass: RecordingPass, { range, mean, std }: InputSpec): tf.Tensor4D {
  return pass.record(tf.zerosLike(images), 'normalised', [images], {
    kind: 'normalisation',
    gamma: Float32Array.from(std, (deviation) => (range[1] - range[0]) / 255 / deviation),
    beta: Float32Array.from(std, (deviation, channel) => (range[0] - (mean[channel] as number)) / deviation),
    mean: new Float32Array(3),
    variance: new Float32Array(3).fill(1),
    epsilon: 0,
  });
}

function valuesOf(variable: tf.Variable): Float32Array {
  return (variable.dataSync() as Float32Array).slice();
}
