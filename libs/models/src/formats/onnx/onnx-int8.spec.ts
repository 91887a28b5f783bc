import { onEngines, tf } from '@winnow/tensor';
import { openOnnx } from './open-onnx';
import { ABOUT_TEST } from '../../spec-support/networks-under-test';
import type { CalibratedResult, Calibration } from '../../int8/calibration';
import type { ExportGraph } from '../../passes/export-graph';
import { encodeOnnxInt8, int8Results } from './onnx-int8';

const SIZE = 2;
const about = { ...ABOUT_TEST, classes: ['a', 'b'], input: { ...ABOUT_TEST.input, size: SIZE } };

/** A 1x1 convolution of three channels to two, ReLU6, their means, and a linear layer. */
const GRAPH: ExportGraph = [
  { name: 'input', inputs: [], shape: [SIZE, SIZE, 3], operation: { kind: 'input' } },
  {
    name: 'conv',
    inputs: [0],
    shape: [SIZE, SIZE, 2],
    operation: {
      kind: 'convolution',
      // [in, out]: of the result's channels (1, 2, -0.75) and (0.5, 0, 0.25)
      filter: { shape: [1, 1, 3, 2], data: Float32Array.of(1, 0.5, 2, 0, -0.75, 0.25) },
      bias: Float32Array.of(0.5, -0.25),
      stride: 1,
      padding: 0,
      depthwise: false,
    },
  },
  { name: 'feature_map', inputs: [1], shape: [SIZE, SIZE, 2], operation: { kind: 'activation', activation: 'relu6' } },
  { name: 'features', inputs: [2], shape: [2], operation: { kind: 'mean-pool', keepsAxes: false } },
  {
    name: 'logits',
    inputs: [3],
    shape: [2],
    operation: {
      kind: 'linear',
      weight: { shape: [2, 2], data: Float32Array.of(1, -1, 0.5, 0.25) },
      bias: Float32Array.of(0, 1),
    },
  },
];
const seen = (min: number, max: number, channels: number): CalibratedResult => ({
  range: { min, max },
  // Zeros: each weight to the nearest.
  means: new Float32Array(channels),
});
const CALIBRATION: Calibration = new Map([
  ['input', seen(-1, 1.55, 3)],
  ['feature_map', seen(0, 5.1, 2)],
  ['features', seen(0, 2.55, 2)],
]);
/** Red, green and blue of each location. */
const IMAGE = [
  [0.5, 0.25, -0.5],
  [1, 1, 1],
  [-1, 0.1, 0.333],
  [1.55, 1.55, -1],
];

/** As it is to be computed: in whole numbers, from the scales above. */
function byHand(): { readonly features: number[]; readonly logits: number[] } {
  const whole = (value: number, scale: number, zero: number) =>
    Math.min(127, Math.max(-128, Math.round(value / scale) + zero));
  const rows = [
    // 1, 2, -0.75 in steps of 2 / 127 are 63.5, 127, -47.6; the half goes to the even number.
    { weights: [64, 127, -48], scale: 2 / 127, bias: Math.round(0.5 / (0.01 * (2 / 127))) },
    // 0.5, 0, 0.25 in steps of 0.5 / 127
    { weights: [127, 0, 64], scale: 0.5 / 127, bias: Math.round(-0.25 / (0.01 * (0.5 / 127))) },
  ];
  const map = IMAGE.map((location) => {
    // Range -1..1.55 in 255 steps of 0.01: zero is 100 above the least, -28.
    const input = location.map((value) => whole(value, 0.01, -28) + 28);
    return rows.map(({ weights, scale, bias }) => {
      const sum = weights.reduce((total, weight, channel) => total + weight * (input[channel] as number), bias);
      return (whole(sum * 0.01 * scale, 0.02, -128) + 128) * 0.02;
    });
  });
  const features = [0, 1].map((channel) => map.reduce((sum, pair) => sum + (pair[channel] as number), 0) / 4);
  const stored = features.map((value) => (whole(value, 0.01, -128) + 128) * 0.01);
  const layer = [
    { weights: [127, 64], scale: 1 / 127, bias: 0 },
    { weights: [-127, 32], scale: 1 / 127, bias: 1 },
  ];
  const logits = layer.map(({ weights, scale, bias }) =>
    weights.reduce((sum, weight, index) => sum + weight * scale * (stored[index] as number), bias),
  );
  return { features, logits };
}

describe('int8Results', () => {
  it('stores what layers take and give, a layer and its ReLU as one, but not the logits', () => {
    expect([...int8Results(GRAPH)]).toEqual(['input', 'feature_map', 'features']);
  });

  it('stores the result of a layer that others take too', () => {
    const [input, conv, , pool, linear] = GRAPH as [ExportGraph[0], ...ExportGraph[0][]];
    const mapped = [input, conv, { name: 'add', inputs: [1, 1], shape: [2, 2, 2], operation: { kind: 'add' } }];
    const graph = [...mapped, { ...pool, inputs: [2] }, { ...linear, inputs: [3] }] as ExportGraph;
    expect([...int8Results(graph)]).toEqual(['input', 'conv', 'add', 'features']);
  });
});

onEngines(() => {
  describe('encodeOnnxInt8', () => {
    it('is computed by onnxruntime as by hand, in whole numbers', () => {
      const network = openOnnx(encodeOnnxInt8(GRAPH, about, CALIBRATION), ['features', 'logits'], 'int8');
      const wanted = byHand();
      tf.tidy(() => {
        const images = tf.tensor4d(IMAGE.flat(), [1, SIZE, SIZE, 3]);
        const [features, logits] = network.run(tf.transpose(images, [0, 3, 1, 2])) as [tf.Tensor, tf.Tensor];
        features.dataSync().forEach((value, at) => expect(value).toBeCloseTo(wanted.features[at] as number, 5));
        logits.dataSync().forEach((value, at) => expect(value).toBeCloseTo(wanted.logits[at] as number, 5));
      });
      network.dispose();
    });

    it('stores weights in eight bits and biases in 32', () => {
      const bytes = Buffer.from(encodeOnnxInt8(GRAPH, about, CALIBRATION));
      expect(bytes.includes(Buffer.from(Int8Array.of(64, 127, -48, 127, 0, 64)))).toBe(true);
      expect(bytes.includes(Buffer.from(Float32Array.of(1, 2, -0.75).buffer))).toBe(false);
      // 0.5 and -0.25 in steps of 0.01 * 2 / 127 and 0.01 * 0.5 / 127
      expect(bytes.includes(Buffer.from(Int32Array.of(3175, -6350).buffer))).toBe(true);
    });

    it('refuses a result that was not calibrated', () => {
      expect(() => encodeOnnxInt8(GRAPH, about, new Map([...CALIBRATION].slice(1)))).toThrow(/not calibrated/);
    });
  });
}, ['wasm']);
