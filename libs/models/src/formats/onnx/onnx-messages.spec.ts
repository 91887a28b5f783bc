import { readOnnxFile } from './read-onnx-file';
import { readFields } from './protobuf';
import { encodeModel, type OnnxModel } from './onnx-messages';

const MODEL: OnnxModel = {
  irVersion: 7,
  opset: 13,
  producerVersion: '9.9',
  description: 'd',
  metadata: { classes: '["a","ü"]' },
  graph: {
    name: 'g',
    nodes: [{ op: 'Norm', inputs: ['x', 'w'], output: 'y', attributes: { e: { float: 0.5 }, i: 300, l: [1, 2] } }],
    initializers: [{ name: 'w', shape: [2, 1], data: Float32Array.of(1, -2) }],
    inputs: [{ name: 'x', shape: ['batch', 3, 300, 300] }],
    outputs: [{ name: 'y', shape: ['batch', 2] }],
  },
};

const field = (bytes: Uint8Array, ...path: number[]): Uint8Array =>
  path.reduce((message, wanted) => {
    const found = [...readFields(message)].find(({ number }) => number === wanted);
    if (found === undefined) throw new Error(`no field ${wanted}`);
    return found.bytes;
  }, bytes);

describe('encodeModel', () => {
  it('is read by the reader of foreign models', () => {
    expect(readOnnxFile(encodeModel(MODEL), 'test')).toEqual({
      inputs: [{ name: 'x', type: 1, shape: [null, 3, 300, 300] }],
      outputs: [{ name: 'y', type: 1, shape: [null, 2] }],
      nodes: [{ op: 'Norm', inputs: ['x', 'w'], outputs: ['y'] }],
      metadata: { classes: '["a","ü"]' },
      opset: 13,
      producer: 'winnow 9.9',
    });
  });

  it('writes attributes and weights byte by byte', () => {
    const bytes = encodeModel(MODEL);
    expect([...bytes.subarray(0, 2)]).toEqual([8, 7]);
    const attributes = [...readFields(field(bytes, 7, 1))].filter(({ number }) => number === 5);
    expect(attributes.map((attribute) => [...attribute.bytes])).toEqual([
      // name "e", f = 0.5 (0x3f000000, little-endian), type FLOAT
      [10, 1, 101, 21, 0, 0, 0, 63, 160, 1, 1],
      // name "i", i = 300 (two bytes), type INT
      [10, 1, 105, 24, 172, 2, 160, 1, 2],
      // name "l", ints = 1, 2, type INTS
      [10, 1, 108, 64, 1, 64, 2, 160, 1, 7],
    ]);
    const weight = field(bytes, 7, 5);
    expect([...field(weight, 9)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
    expect([...readFields(weight)].map(({ number, value }) => [number, value])).toEqual([
      [1, 2],
      [1, 1],
      [2, 1],
      [8, 0],
      [9, 0],
    ]);
  });
});
