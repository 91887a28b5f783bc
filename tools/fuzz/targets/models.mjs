import { copyFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const GOLDENS = path.join(ROOT, 'apps/trainer/src/import-teacher/goldens');

function safetensors(tensors, metadata = {}, fill = 1) {
  let offset = 0;
  const header = { __metadata__: metadata };
  for (const [name, shape] of Object.entries(tensors)) {
    const bytes = shape.reduce((product, side) => product * side, 4);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, (offset += bytes)] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(offset, fill)]);
}

/** Four of this byte are .747 as a float32. */
const SEVEN_TENTHS = 0x3f;

function tfjsModel() {
  const weights = [
    { name: 'dense/kernel', shape: [4, 3], dtype: 'float32' },
    { name: 'dense/bias', shape: [3], dtype: 'float32' },
  ];
  const layer = (class_name, config, inputs) => ({
    class_name,
    name: config.name,
    config,
    inbound_nodes: inputs.map((name) => [[name, 0, 0, {}]]),
  });
  const layers = [
    layer('InputLayer', { name: 'input', batch_input_shape: [null, 8, 8, 4], dtype: 'float32' }, []),
    layer('GlobalAveragePooling2D', { name: 'pool' }, ['input']),
    layer('Dense', { name: 'dense', units: 3, activation: 'linear', use_bias: true }, ['pool']),
  ];
  const config = { name: 'm', layers, input_layers: [['input', 0, 0]], output_layers: [['dense', 0, 0]] };
  return Buffer.from(
    JSON.stringify({
      format: 'layers-model',
      modelTopology: { keras_version: '2', backend: 'tensorflow', model_config: { class_name: 'Functional', config } },
      weightsManifest: [{ paths: ['group1.bin'], weights }],
    }),
  );
}

export const MODEL_TARGETS = {
  safetensors: ({ requireTypeScript }) => {
    const { decodeSafetensors, readWeightsMetadata } = requireTypeScript('libs/models/src/index.ts');
    return {
      corpus: [safetensors({ 'fc.weight': [3, 4], 'fc.bias': [3] }, { classes: '["a","b","c"]', 'input.size': '8' })],
      tokens: [
        '"shape":[',
        '"dtype":"F16"',
        '"BF16"',
        '"data_offsets":[0,',
        '{"',
        '9007199254740993',
        '__metadata__',
        '__proto__',
      ],
      run(bytes) {
        decodeSafetensors(bytes, 'input');
        readWeightsMetadata(bytes, 'input');
      },
    };
  },
  'text-embeddings': ({ requireTypeScript }) => {
    const { readTextEmbeddings } = requireTypeScript('libs/models/src/index.ts');
    return {
      corpus: [
        safetensors({ text: [2, 3, 4] }, { classes: '["a","b"]', logitScale: '100' }, SEVEN_TENTHS),
        safetensors({ cat: [2, 4], dog: [4], 'a crow': [1, 4] }, {}, SEVEN_TENTHS),
      ],
      tokens: [
        '"shape":[1000000000,0]',
        '"shape":[',
        '"dtype":"F64"',
        '"I64"',
        '["a","a"]',
        '1e999',
        '\x00\x00\xc0\x7f',
        '__proto__',
      ],
      run(bytes) {
        readTextEmbeddings(bytes, 'input');
      },
    };
  },
  onnx: ({ requireTypeScript, folder }) => {
    const { readExternalSource: readForeignSource } = requireTypeScript('libs/models/src/index.ts');
    const file = path.join(folder, 'input.onnx');
    return {
      corpus: [readFileSync(path.join(GOLDENS, 'teacher.onnx'))],
      tokens: ['\x0a\x7f', '\xff\xff\xff\xff\x0f', 'Loop', 'If', 'location', 'Conv', '\x12\x00'],
      async run(bytes) {
        writeFileSync(file, bytes);
        (await readForeignSource(file)).describe();
      },
    };
  },
  'onnx-external': ({ requireTypeScript, folder }) => {
    const { readExternalSource: readForeignSource } = requireTypeScript('libs/models/src/index.ts');
    const file = path.join(folder, 'input.onnx');
    const names = ['dynamo.onnx', 'half.onnx'];
    for (const name of names) copyFileSync(path.join(GOLDENS, `${name}.data`), path.join(folder, `${name}.data`));
    rmSync(path.join(folder, 'link'), { force: true });
    symlinkSync('/etc/hostname', path.join(folder, 'link'));
    return {
      corpus: names.map((name) => readFileSync(path.join(GOLDENS, name))),
      // Fields of a tensor (dims, type, external_data, data_location) and what external_data holds.
      tokens: [
        '\x0a\x04',
        '\x10\x01',
        '\x10\x0a',
        'j\x0c',
        'p\x01',
        'p\x00',
        '../',
        '/etc/hostname',
        'link',
        'offset',
        'length',
      ],
      async run(bytes) {
        writeFileSync(file, bytes);
        (await readForeignSource(file)).describe();
      },
    };
  },
  tfjs: ({ requireTypeScript, folder }) => {
    const { readExternalSource: readForeignSource } = requireTypeScript('libs/models/src/index.ts');
    const file = path.join(folder, 'model.json');
    writeFileSync(path.join(folder, 'group1.bin'), Buffer.alloc(15 * 4, 1));
    return {
      corpus: [tfjsModel()],
      tokens: [
        '"paths":["',
        '../',
        '"shape":[',
        '"units":',
        '"class_name":"Lambda"',
        '[[',
        '{"',
        '1e308',
        '"inbound_nodes":',
        '__proto__',
      ],
      async run(bytes) {
        writeFileSync(file, bytes);
        (await readForeignSource(file)).describe();
      },
    };
  },
};
