import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { itWhereShared, sharedPath } from '@winnow/testing';
import { importTeacherCommand } from '../commands/import-teacher';
import { type ImportJob, PRESET_NAMES, type TeacherFlags, withPreset } from './import-job';
import { inspectTeacher } from './inspect-teacher';

const GOLDENS = path.join(__dirname, 'goldens');
const SHARED = sharedPath('data');
const itShared = itWhereShared('data/mobilenet-v2-imagenet-tfjs.tar.gz');

let folder: string;
let io: CommandIo;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-inspect-'));
  const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
  io = { cwd: folder, env: {}, signal: new AbortController().signal, log: () => undefined, progress };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (file: string, options: object = {}) =>
  importTeacherCommand.run?.({ arguments: { file }, options: { engine: 'wasm', ...options } }, io);
const inspect = (file: string, options: object = {}) => run(file, { ...options, inspect: true });
const bring = (name: string): void => {
  for (const file of [name, `${name}.data`]) copyFileSync(path.join(GOLDENS, file), path.join(folder, file));
};

describe('winnow teacher import --inspect', () => {
  it('says what PyTorch wrote by default, and how to import it', async () => {
    bring('dynamo.onnx');
    const before = readdirSync(folder);
    const result = await inspect('dynamo.onnx');
    expect(result?.text).toEqual([
      expect.stringMatching(/dynamo\.onnx: onnx, made by pytorch 2\.\S+, opset 20, weights in dynamo\.onnx\.data$/),
      '  input   x       float32 [1, 3, 8, 8]  nchw, 8 px',
      '  output  linear  float32 [1, 4]        logits of 4 classes',
      '  within  mean    float32 [1, 6]        pooled features',
      '  within  relu    float32 [1, 6, 4, 4]  feature map',
      expect.stringContaining('tried on noise'),
      'The weights in dynamo.onnx.data are part of it.',
      expect.stringContaining('replace what is in <...>'),
      'winnow teacher import dynamo.onnx --layout nchw --logits linear --features mean --feature-map relu ' +
        '--feature-map-layout nchw --size 8 --preset <imagenet|timm|keras|clip> --labels <names.txt> --check <images>',
    ]);
    expect(result?.json).toMatchObject({
      command: result?.text.at(-1),
      inspection: { classCount: 4, layout: 'nchw', size: 8, externalFiles: ['dynamo.onnx.data'], failure: null },
    });
    expect(readdirSync(folder)).toEqual(before);
    // With what it says and two words of a person, it imports.
    const { inspection } = result?.json as unknown as { inspection: Record<string, string> };
    const { layout, size, logits, features, featureMap, featureMapLayout } = inspection;
    const said = { layout, size, logits, features, featureMap, featureMapLayout };
    const imported = await run('dynamo.onnx', { ...said, preset: 'timm', classes: ['a', 'b', 'c', 'd'] });
    expect(imported?.text).toContainEqual(
      'Taken from --preset timm: range 0,1; mean 0.5,0.5,0.5; std 0.5,0.5,0.5; resize cover.',
    );
    expect(imported?.json).toMatchObject({ input: { range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } });
  });

  it('says what a network in float16 takes and gives, and keeps what a person gave', async () => {
    bring('half.onnx');
    const result = await inspect('half.onnx', { preset: 'clip', mean: ['0.5'], classes: ['a', 'b', 'c', "d's"] });
    expect(result?.text.filter((line) => line.startsWith('  '))).toEqual([
      '  input   x       float16 [1, 3, 8, 8]  nchw, 8 px',
      '  output  linear  float16 [1, 4]        logits of 4 classes',
      '  output  mean    float16 [1, 6]        pooled features',
      '  output  relu    float16 [1, 6, 4, 4]  feature map',
    ]);
    expect(result?.text.at(-1)).toMatch(
      / --preset clip --mean 0\.5,0\.5,0\.5 --classes 'a,b,c,d'\\''s' --check <images>$/,
    );
  });

  it('does not try an input of any size that a file may declare', async () => {
    const inputs = [{ name: 'x', type: 'float32', shape: [50_000, 3, 1024, 1024] }];
    const source = {
      describe: () => ({ inputs, outputs: [{ name: 'y', type: 'float32', shape: [50_000, 4] }], teacherOutputs: {} }),
      probe: () => Promise.reject(new Error('was tried')),
    };
    const { failure } = await inspectTeacher(source as never);
    expect(failure).toMatch(/\[50000, 3, 1024, 1024\] is too large/);
  });

  itShared('finds logits, probabilities, features and map of a TF.js network (needs ../shared)', async () => {
    execFileSync('tar', ['-xzf', path.join(SHARED, 'mobilenet-v2-imagenet-tfjs.tar.gz'), '-C', folder]);
    const { json } = (await inspect('model.json')) as { json: unknown };
    expect(json).toMatchObject({
      inspection: {
        ...{ layout: 'nhwc', size: 224, classCount: 1001, isProbabilities: false, failure: null },
        ...{ logits: 'logits', features: 'rs_64', featureMap: 'relu6_63', featureMapLayout: 'nhwc' },
        outputs: expect.arrayContaining([expect.objectContaining({ name: 'probs', role: 'probabilities' })]) as unknown,
      },
    });
  });
});

describe('presets', () => {
  it.each(PRESET_NAMES)('%s fills what no flag says', (name) => {
    const flags = { std: [1, 2, 3] } as unknown as TeacherFlags;
    const { job, note } = withPreset({ flags, resize: undefined } as ImportJob, name);
    expect(job.flags.std).toEqual([1, 2, 3]);
    expect([job.flags.range?.length, job.flags.mean?.length]).toEqual([2, 3]);
    expect(job.resize).toBe(name === 'keras' ? 'squash' : 'cover');
    expect(note).toMatch(new RegExp(`^Taken from --preset ${name}: range .*; mean .*; resize \\w+\\.$`));
    expect(withPreset({ flags, resize: 'letterbox' } as ImportJob, name).job.resize).toBe('letterbox');
  });
});
