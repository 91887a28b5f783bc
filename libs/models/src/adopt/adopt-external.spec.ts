import { SeededRandom } from '@winnow/random';
import { onEngines, tf } from '@winnow/tensor';
import { epsilonOf } from '../architectures/layer-parameters';
import type { ModelName } from '../create-model';
import { encodeLayersModel } from '../formats/tfjs/encode-layers-model';
import { encodeOnnx } from '../formats/onnx/encode-onnx';
import { recordGraph } from '../passes/record-graph';
import type { ExportGraph, GraphNode } from '../passes/export-graph';
import type { ExternalSource } from '../external/external-source';
import type { Model } from '../model';
import { ABOUT_TEST, weightedModel } from '../spec-support/networks-under-test';
import { adoptExternal } from './adopt-external';
import { adoptLayers } from './adopt-layers';
import { layoutOf } from './model-layout';
import type { SourceLayer } from './source-layers';
import { unfoldNorms } from './unfold-norms';

const SIZE = 32;
const noise = (seed: number, count = 2): tf.Tensor4D => {
  const random = new SeededRandom(seed);
  return tf.tensor4d(
    Float32Array.from({ length: count * SIZE * SIZE * 3 }, () => random.normal()),
    [count, SIZE, SIZE, 3],
  );
};
const logitsOf = (model: Model) => tf.tidy(() => [...model.forward(noise(1), { training: false }).logits.dataSync()]);
const expectSame = (found: readonly number[], wanted: readonly number[]) => {
  const largest = Math.max(...wanted.map(Math.abs));
  found.forEach((value, at) => expect(Math.abs(value - (wanted[at] as number)) / largest).toBeLessThan(1e-3));
};

/** The same graph, each bias of a convolution as a normalisation of its own. */
function withNorms(graph: ExportGraph): ExportGraph {
  const locations: number[] = [];
  const nodes: GraphNode[] = [];
  for (const { inputs, operation, ...node } of graph) {
    const moved = inputs.map((location) => locations[location] as number);
    const bias = operation.kind === 'convolution' ? operation.bias : null;
    if (operation.kind !== 'convolution' || bias === null) nodes.push({ ...node, inputs: moved, operation });
    else {
      nodes.push({ ...node, name: `${node.name}.plain`, inputs: moved, operation: { ...operation, bias: null } });
      const epsilon = 0.25;
      const [ones, zeros] = [1, 0].map((value) => new Float32Array(bias.length).fill(value)) as [Float32Array, Float32Array]; // prettier-ignore
      const variance = ones.map((value) => value - epsilon);
      const norm = { kind: 'normalisation', gamma: ones, beta: bias, mean: zeros, variance, epsilon } as const;
      nodes.push({ ...node, inputs: [nodes.length - 1], operation: norm });
    }
    locations.push(nodes.length - 1);
  }
  return nodes;
}

/** What winnow writes of a network, its norms folded or not, as it reads it again. */
function exported(
  model: Model,
  format: 'onnx' | 'tfjs-layers',
  isNormed = false,
): Pick<ExternalSource, 'kind' | 'files'> {
  const recorded = recordGraph(model, { input: { ...ABOUT_TEST.input, size: SIZE }, raw: false });
  const graph = isNormed ? withNorms(recorded) : recorded;
  if (format === 'onnx') return { kind: 'onnx', files: new Map([['model.onnx', encodeOnnx(graph, ABOUT_TEST)]]) };
  const files = encodeLayersModel(graph, ABOUT_TEST);
  const shards = [...files].filter(([name]) => name.endsWith('.bin')).map(([, bytes]) => Buffer.from(bytes));
  const json = JSON.parse(Buffer.from(files.get('model.json') as Uint8Array).toString()) as { weightsManifest: { weights: object[] }[] }; // prettier-ignore
  json.weightsManifest = [{ weights: json.weightsManifest.flatMap(({ weights }) => weights) }];
  const text = Buffer.from(JSON.stringify(json));
  return { kind: 'tfjs-layers', files: new Map([['model.json', text], ['weights.bin', Buffer.concat(shards)]]) }; // prettier-ignore
}

/** The layers of a network with real norms of another epsilon, as a graph from elsewhere has them. */
function layersWithNorms(model: Model, epsilon: number): SourceLayer[] {
  const values = (tensor: tf.Tensor) => (tensor.dataSync() as Float32Array).slice();
  const { convolutions, activations, additions } = layoutOf(model);
  const layers = convolutions.flatMap(({ convolution, norm }, at): SourceLayer[] => {
    if (norm === null) throw new Error('every one has a norm');
    const { filter, depthwise = false, stride } = convolution;
    const ours = epsilonOf(norm);
    const variance = values(norm.runningVariance);
    return [
      { name: `conv${at}`, inputs: [], output: `conv${at}`, kind: 'convolution', filter: { shape: filter.shape, data: values(filter) }, depthwise, stride, bias: null }, // prettier-ignore
      {
        ...{ name: `norm${at}`, inputs: [`conv${at}`], output: `norm${at}`, kind: 'normalisation', epsilon },
        ...{ mean: values(norm.runningMean), beta: values(norm.beta), variance: variance.map((value) => value + ours - epsilon) }, // prettier-ignore
        gamma: values(norm.gamma),
      },
    ];
  });
  const others = [...activations].flatMap(([activation, count]) => Array.from({ length: count }, (): SourceLayer => ({ name: '', inputs: [], output: '', kind: 'activation', activation }))); // prettier-ignore
  const sums = Array.from({ length: additions }, (): SourceLayer => ({
    name: '',
    inputs: [],
    output: '',
    kind: 'add',
  }));
  return [...layers, ...others, ...sums];
}

onEngines(() => {
  describe.each(['onnx', 'tfjs-layers'] as const)('a network from %s', (format) => {
    it.each(['mobilenetv1-025', 'mobilenetv2-cifar', 'resnet8', 'resnet10-half'] as ModelName[])(
      'is found to be %s, and its folded norms become real ones without a change',
      (name) => {
        const model = weightedModel(name);
        const { model: adopted, folded, hasClassifier } = adoptExternal(exported(model, format), { where: 'x' });
        expect([adopted.name, adopted.classCount, hasClassifier]).toEqual([name, 3, true]);
        expect(folded).toHaveLength(layoutOf(model).convolutions.length);
        const wanted = logitsOf(model);
        expectSame(logitsOf(adopted), wanted);
        const before = tf.memory().numTensors;
        unfoldNorms(adopted, folded, [() => noise(2, 6), () => noise(3, 4)]);
        expect(tf.memory().numTensors).toBe(before);
        expectSame(logitsOf(adopted), wanted);
        // Statistics are those of the images: in training mode they hardly differ.
        const { convolution, norm } = layoutOf(adopted).convolutions[0] as ReturnType<typeof layoutOf>['convolutions'][0]; // prettier-ignore
        tf.tidy(() => {
          const images = tf.concat([noise(2, 6), noise(3, 4)]) as tf.Tensor4D;
          const y = tf.conv2d(images, convolution.filter, convolution.stride, convolution.padding);
          const { mean, variance } = tf.moments(y, [0, 1, 2]);
          expectSame([...(norm?.runningMean.dataSync() ?? [])], [...mean.dataSync()]);
          expectSame([...(norm?.runningVariance.dataSync() ?? [])], [...variance.dataSync()]);
        });
        for (const each of [model, adopted]) each.dispose();
      },
    );
  });

  it.each(['onnx', 'tfjs-layers'] as const)('takes the norms of a graph that has them: %s', (format) => {
    const model = weightedModel('mobilenetv1-025');
    const { model: adopted, folded } = adoptExternal(exported(model, format, true), { where: 'x' });
    expect([adopted.name, folded]).toEqual(['mobilenetv1-025', []]);
    expectSame(logitsOf(adopted), logitsOf(model));
    for (const each of [model, adopted]) each.dispose();
  });

  it('takes norms of another epsilon, and branches in another order', () => {
    const model = weightedModel('resnet8');
    const layers = layersWithNorms(model, 1e-3);
    // The shortcut of a block, before the block's first convolution.
    const moved = [...layers.slice(0, 6), ...layers.slice(8, 10), ...layers.slice(6, 8), ...layers.slice(10)];
    const { model: adopted, folded, hasClassifier } = adoptLayers(moved, { where: 'x' });
    expect([adopted.name, folded.length, hasClassifier]).toEqual(['resnet8', 0, false]);
    tf.tidy(() => {
      const [ours, theirs] = [adopted, model].map((each) => [...each.forward(noise(1), { training: false }).features.dataSync()]); // prettier-ignore
      expectSame(ours as number[], theirs as number[]);
    });
    for (const each of [model, adopted]) each.dispose();
  });

  it('refuses what is none of ours, and says how it differs where only that does', () => {
    const model = weightedModel('resnet8');
    const layers = layersWithNorms(model, 1e-5);
    expect(() => adoptLayers(layers.slice(2), { where: 'x' })).toThrow(/none of the architectures of winnow/);
    const swish = layers.map((layer) => (layer.kind === 'activation' ? { ...layer, activation: 'silu' } : layer));
    expect(() => adoptLayers(swish, { where: 'x' })).toThrow('The graph is not of resnet8: it has 7 silu, not 7 relu');
    const plain = layers.filter(({ kind }) => kind !== 'add');
    expect(() => adoptLayers(plain, { where: 'x' })).toThrow('The graph is not of resnet8: it has 0 sums, not 3');
    const strided = layers.map((layer) => (layer.kind === 'convolution' ? { ...layer, stride: 1 } : layer));
    expect(() => adoptLayers(strided, { where: 'x' })).toThrow(/no convolution left of .* and stride 2/);
    expect(() => adoptLayers(layers, { where: 'x', named: 'resnet20' })).toThrow(/not of resnet20: its filters/);
    expect(() => adoptExternal({ kind: 'tfjs-graph', files: new Map() }, { where: 'x' })).toThrow(/GraphModel/);
    model.dispose();
  });

  it('wants images where norms are folded', () => {
    const model = weightedModel('resnet8');
    const { norm } = layoutOf(model).convolutions[0] as ReturnType<typeof layoutOf>['convolutions'][0];
    expect(() => unfoldNorms(model, norm ? [norm] : [], [])).toThrow(/folded into the convolutions/);
    model.dispose();
  });
}, ['wasm']);
