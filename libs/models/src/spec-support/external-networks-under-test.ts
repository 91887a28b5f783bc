import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ExternalContract, type ExternalKind } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { tf } from '@winnow/tensor';
import { joinBytes, writeField, writeNumber } from '../formats/onnx/protobuf';

/**
 * One tiny network, written as ONNX (protobuf by hand), LayersModel and GraphModel: 3x3 convolution to 4 channels, ReLU
 * (`map`), mean over the image (`pooled`), linear to 3 (`scores`), softmax (`shares`).
 */
export const TINY_SIZE = 8;
const random = new SeededRandom(5);
const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal() * 0.5);
/** HWIO and [in, out]. */
const TINY_WEIGHTS = { kernel: draw(3 * 3 * 3 * 4), bias: draw(4), dense: draw(4 * 3), offset: draw(3) };

export const tinyContract = (kind: ExternalKind, changes: Partial<ExternalContract> = {}): ExternalContract => ({
  kind,
  layout: kind === 'onnx' ? 'nchw' : 'nhwc',
  logits: { output: 'scores', values: 'logits' },
  features: { output: 'pooled' },
  featureMap: { output: 'map', layout: kind === 'onnx' ? 'nchw' : 'nhwc' },
  ...changes,
});

/** What the network answers, by tf's own operations. Inside a tidy. */
export function tinyLogits(images: tf.Tensor4D) {
  const { kernel, bias, dense, offset } = TINY_WEIGHTS;
  const map = tf.relu(tf.add(tf.conv2d(images, tf.tensor4d(kernel, [3, 3, 3, 4]), 1, 'same'), tf.tensor1d(bias)));
  const pooled = tf.mean(map, [1, 2]) as tf.Tensor2D;
  const scores = tf.add(tf.matMul(pooled, tf.tensor2d(dense, [4, 3])), tf.tensor1d(offset));
  return { map, pooled, scores };
}

export interface TinyOnnxOptions {
  /** Null: any number of images. */
  readonly batch?: number | null;
  /** TensorProto.DataType of the input. */
  readonly inputType?: number;
  readonly outputs?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Says that the convolution's weights (TINY_OIHW) are in a file: entries of its `external_data`. */
  readonly external?: Readonly<Record<string, string>>;
  /** Nodes and initializers that make the tensor `prepared` out of `image`; the network reads that then. */
  readonly prelude?: Uint8Array;
}

const FLOAT = 1;
export const onnxAttribute = (name: string, values: readonly number[] | number): Uint8Array =>
  writeField(
    5,
    joinBytes([
      writeField(1, name),
      ...(typeof values === 'number' ? [writeNumber(3, values)] : values.map((value) => writeNumber(8, value))),
      writeNumber(20, typeof values === 'number' ? 2 : 7),
    ]),
  );
export const onnxNode = (
  op: string,
  inputs: readonly string[],
  output: string,
  ...attributes: Uint8Array[]
): Uint8Array =>
  writeField(
    1,
    joinBytes([...inputs.map((name) => writeField(1, name)), writeField(2, output), writeField(4, op), ...attributes]),
  );
const tensorShape = (sizes: readonly (number | string)[]): Uint8Array =>
  joinBytes(sizes.map((size) => writeField(1, typeof size === 'number' ? writeNumber(1, size) : writeField(2, size))));
export const onnxValue = (name: string, sizes: readonly (number | string)[], type = FLOAT): Uint8Array =>
  joinBytes([
    writeField(1, name),
    writeField(2, writeField(1, joinBytes([writeNumber(1, type), writeField(2, tensorShape(sizes))]))),
  ]);
const initializer = (
  name: string,
  shape: readonly number[],
  data: Float32Array,
  external?: Readonly<Record<string, string>>,
): Uint8Array =>
  writeField(
    5,
    joinBytes([
      ...shape.map((size) => writeNumber(1, size)),
      writeNumber(2, FLOAT),
      writeField(8, name),
      ...(external === undefined
        ? [writeField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
        : [
            ...Object.entries(external).map((entry) =>
              writeField(13, joinBytes(entry.map((text, at) => writeField(at + 1, text)))),
            ),
            writeNumber(14, 1),
          ]),
    ]),
  );

/** The convolution's weights in the order of ONNX. */
export const TINY_OIHW = Float32Array.from(TINY_WEIGHTS.kernel, (_, at) => {
  const [to, from, location] = [Math.floor(at / 27), Math.floor(at / 9) % 3, at % 9];
  return TINY_WEIGHTS.kernel[(location * 3 + from) * 4 + to] as number;
});

export function tinyOnnx(options: TinyOnnxOptions = {}) {
  const { batch = null, inputType = FLOAT, outputs, metadata, external, prelude } = options;
  const { bias, dense, offset } = TINY_WEIGHTS;
  const first = batch ?? 'batch';
  const shapes: Record<string, readonly (number | string)[]> = { scores: [first, 3], shares: [first, 3] };
  const graph = joinBytes([
    ...(prelude === undefined ? [] : [prelude]),
    onnxNode(
      'Conv',
      [prelude === undefined ? 'image' : 'prepared', 'kernel', 'bias'],
      'convolved',
      onnxAttribute('kernel_shape', [3, 3]),
      onnxAttribute('pads', [1, 1, 1, 1]),
    ),
    onnxNode('Relu', ['convolved'], 'map'),
    onnxNode('GlobalAveragePool', ['map'], 'mean'),
    onnxNode('Flatten', ['mean'], 'pooled', onnxAttribute('axis', 1)),
    onnxNode('Gemm', ['pooled', 'dense', 'offset'], 'scores'),
    onnxNode('Softmax', ['scores'], 'shares', onnxAttribute('axis', 1)),
    writeField(2, 'tiny'),
    initializer('kernel', [4, 3, 3, 3], TINY_OIHW, external),
    initializer('bias', [4], bias),
    initializer('dense', [4, 3], dense),
    initializer('offset', [3], offset),
    writeField(11, onnxValue('image', [first, 3, TINY_SIZE, TINY_SIZE], inputType)),
    ...(outputs ?? ['scores']).map((name) => writeField(12, onnxValue(name, shapes[name] ?? [first, 3]))),
  ]);
  return joinBytes([
    writeNumber(1, 8),
    writeField(8, writeNumber(2, 13)),
    writeField(7, graph),
    ...Object.entries(metadata ?? {}).map(([key, value]) =>
      writeField(14, joinBytes([writeField(1, key), writeField(2, value)])),
    ),
  ]);
}

/** Writes model.json and weights.bin of the LayersModel, as tfjs itself saves it. */
export async function writeTinyLayers(folder: string, userDefinedMetadata?: object): Promise<string> {
  const { kernel, bias, dense, offset } = TINY_WEIGHTS;
  const input = tf.input({ shape: [TINY_SIZE, TINY_SIZE, 3], name: 'image' });
  const convolved = tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'map' });
  const pooled = tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'pooled' });
  const scores = tf.layers.dense({ units: 3, name: 'scores' });
  const fractions = tf.layers.softmax({ name: 'shares' });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
  const end = apply(fractions, apply(scores, apply(pooled, apply(convolved, input))));
  const model = tf.model({ inputs: input, outputs: end });
  tf.tidy(() => {
    convolved.setWeights([tf.tensor4d(kernel, [3, 3, 3, 4]), tf.tensor1d(bias)]);
    scores.setWeights([tf.tensor2d(dense, [4, 3]), tf.tensor1d(offset)]);
  });
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: (artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } });
    },
  });
  model.dispose();
  const { modelTopology, weightSpecs, weightData } = saved as tf.io.ModelArtifacts;
  return writeTfjs(folder, {
    json: { format: 'layers-model', modelTopology, ...(userDefinedMetadata && { userDefinedMetadata }) },
    specs: weightSpecs as tf.io.WeightsManifestEntry[],
    weights: new Uint8Array(weightData as ArrayBuffer),
  });
}

/** Writes the GraphModel: its graph by hand. */
export function writeTinyGraph(folder: string): Promise<string> {
  const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
  const float = { type: 'DT_FLOAT' };
  const constant = (name: string, shape: readonly number[], type = 'DT_FLOAT') => ({
    name,
    op: 'Const',
    attr: {
      dtype: { type },
      value: { tensor: { dtype: type, tensorShape: { dim: shape.map((size) => ({ size: `${size}` })) } } },
    },
  });
  const shape = { shape: { dim: [-1, TINY_SIZE, TINY_SIZE, 3].map((size) => ({ size: `${size}` })) } };
  const { kernel, bias, dense, offset } = TINY_WEIGHTS;
  const strides = { list: { i: ['1', '1', '1', '1'] } };
  const convolution = { T: float, strides, dilations: strides, padding: text('SAME'), data_format: text('NHWC') };
  const nodes = [
    { name: 'image', op: 'Placeholder', attr: { dtype: float, shape } },
    constant('kernel', [3, 3, 3, 4]),
    constant('bias', [4]),
    constant('axes', [2], 'DT_INT32'),
    constant('dense', [4, 3]),
    constant('offset', [3]),
    { name: 'convolved', op: 'Conv2D', input: ['image', 'kernel'], attr: convolution },
    { name: 'biased', op: 'BiasAdd', input: ['convolved', 'bias'], attr: { T: float, data_format: text('NHWC') } },
    { name: 'map', op: 'Relu', input: ['biased'], attr: { T: float } },
    {
      name: 'pooled',
      op: 'Mean',
      input: ['map', 'axes'],
      attr: { T: float, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
    },
    {
      name: 'product',
      op: 'MatMul',
      input: ['pooled', 'dense'],
      attr: { T: float, transpose_a: { b: false }, transpose_b: { b: false } },
    },
    { name: 'scores', op: 'BiasAdd', input: ['product', 'offset'], attr: { T: float, data_format: text('NHWC') } },
    { name: 'shares', op: 'Softmax', input: ['scores'], attr: { T: float } },
  ];
  const values: readonly (readonly [string, readonly number[], Float32Array | Int32Array])[] = [
    ['kernel', [3, 3, 3, 4], kernel],
    ['bias', [4], bias],
    ['axes', [2], Int32Array.of(1, 2)],
    ['dense', [4, 3], dense],
    ['offset', [3], offset],
  ];
  return writeTfjs(folder, {
    json: { format: 'graph-model', modelTopology: { node: nodes, library: {}, versions: { producer: 440 } } },
    specs: values.map(([name, size, data]) => ({
      name,
      shape: [...size],
      dtype: data instanceof Int32Array ? ('int32' as const) : ('float32' as const),
    })),
    weights: joinBytes(values.map(([, , data]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
  });
}

async function writeTfjs(
  folder: string,
  { json, specs, weights }: { json: object; specs: tf.io.WeightsManifestEntry[]; weights: Uint8Array },
): Promise<string> {
  const file = path.join(folder, 'model.json');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'group1-shard1of1.bin'), weights);
  const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights: specs }];
  await writeFile(file, JSON.stringify({ ...json, weightsManifest }));
  return file;
}
