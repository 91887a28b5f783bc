import { onEngines, tf } from '@winnow/tensor';
import { MODEL_NAMES } from '../create-model';
import { ABOUT_TEST, tinyModel, weightedModel } from '../spec-support/networks-under-test';
import { encodeLayersModel } from '../formats/tfjs/encode-layers-model';
import { encodeOnnx } from '../formats/onnx/encode-onnx';
import { rawInput, recordGraph } from './record-graph';

const { input } = ABOUT_TEST;

onEngines(() => {
  describe('recordGraph', () => {
    it('gives the steps of a tiny network, its batch norm folded by hand', () => {
      const model = tinyModel();
      const graph = recordGraph(model, { input: { ...input, size: 9 }, raw: false });
      model.dispose();
      expect(graph.map(({ name, inputs, shape }) => [name, [...inputs], [...shape]])).toEqual([
        ['input', [], [9, 9, 3]],
        ['conv1', [0], [9, 9, 2]],
        ['conv1.relu', [1], [9, 9, 2]],
        ['conv1.relu.pool', [2], [5, 5, 2]],
        ['feature_map', [3, 3], [5, 5, 2]],
        ['features', [4], [2]],
        ['logits', [5], [2]],
      ]);
      const [, convolution, , pool, , , linear] = graph.map(({ operation }) => operation);
      // scale = [2 / sqrt(4), 1 / sqrt(1)] = [1, 1]; bias = [0 - 1, 0.5 - 0]
      expect(convolution).toEqual({
        kind: 'convolution',
        filter: { shape: [1, 1, 3, 2], data: Float32Array.of(1, 0, 0, 1, 0, -1) },
        bias: Float32Array.of(-1, 0.5),
        stride: 1,
        padding: 0,
        depthwise: false,
      });
      expect(pool).toEqual({ kind: 'max-pool', kernel: 3, stride: 2, padding: 1 });
      expect(linear).toMatchObject({ weight: { shape: [2, 2] }, bias: Float32Array.of(0.25, 0) });
    });

    it('puts the normalisation before the first layer where raw values are wanted', () => {
      const model = tinyModel();
      const graph = recordGraph(model, { input, raw: true });
      model.dispose();
      expect(graph.slice(0, 3).map(({ name, inputs }) => [name, ...inputs])).toEqual([
        ['input'],
        ['normalised', 0],
        ['conv1', 1],
      ]);
      const { operation } = graph[1] as (typeof graph)[number];
      if (operation.kind !== 'normalisation') throw new Error(operation.kind);
      // (p / 255 - 0.5) / 0.25 = p * 4 / 255 - 2
      expect(operation.gamma[0]).toBeCloseTo(4 / 255, 7);
      expect([...operation.beta].map((value) => Number(value.toFixed(5)))).toEqual([-2, -2, -0.6]);
      expect(operation.epsilon).toBe(0);
      expect(rawInput(input)).toEqual({ size: 16, range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1] });
    });

    it('refuses a network that computes past its pass', () => {
      const model = tinyModel(true);
      expect(() => recordGraph(model, { input, raw: false })).toThrow(/past its ForwardPass/);
      model.dispose();
    });
  });
}, ['wasm']);

onEngines(() => {
  describe('recordGraph of an architecture', () => {
    it.each(MODEL_NAMES.filter((name) => !/resnet(18|34|50)|vit/.test(name)))(
      '%s has names of their own, leaks nothing, and gives the same bytes again',
      (name) => {
        const model = weightedModel(name);
        const before = tf.memory().numTensors;
        const [first, second] = [0, 1].map(() => recordGraph(model, { input, raw: false }));
        expect(tf.memory().numTensors).toBe(before);
        model.dispose();
        const graph = first as NonNullable<typeof first>;
        expect(new Set(graph.map((node) => node.name)).size).toBe(graph.length);
        for (const [location, { inputs }] of graph.entries())
          expect(inputs.every((from) => from < location)).toBe(true);
        const bytes = [first, second].map((one) => [
          encodeOnnx(one as typeof graph, ABOUT_TEST),
          ...encodeLayersModel(one as typeof graph, ABOUT_TEST).values(),
        ]);
        bytes[0]?.forEach((part, at) => expect(Buffer.compare(part, bytes[1]?.[at] as Uint8Array)).toBe(0));
      },
    );
  });
}, ['wasm']);
