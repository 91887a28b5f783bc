import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportManifestSchema } from '@winnow/contracts';
import type { CommandIo, InputSpec } from '@winnow/contracts';
import { encodePng } from '@winnow/imaging';
import { createModel, recordGraph, saveWeights, weightsMetadata } from '@winnow/models';
import type { ModelName } from '@winnow/models';
import { startEngine, tf } from '@winnow/tensor';
import { exportCommand } from '../commands/export';
import { importTeacherCommand } from '../commands/import-teacher';
import { loadNetwork } from '../teacher/load-teacher';
import { encodableKinds } from './encode-export';
import { exportKinds } from './export-job';

const CLASSES = ['crow', 'a "quoted", name', 'Käuzchen'];
const INPUT: InputSpec = { size: 16, range: [0, 1], mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.5] };
const SHARDS = 'tfjs/group1-shard1of1.bin';

let folder: string;
let io: CommandIo;
beforeAll(async () => {
  await startEngine('wasm', { cacheDir: tmpdir(), log: () => undefined });
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-export-'));
  const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
  io = { cwd: folder, env: {}, signal: new AbortController().signal, log: () => undefined, progress };
  writeStudent('student.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => path.join(folder, name);
const listed = (name: string): string[] => readdirSync(inFolder(name), { recursive: true }).map(String).sort();

function writeStudent(file: string, name: ModelName = 'resnet8', scale = 1, more: { resize?: string } = {}): void {
  const model = createModel(name, { classCount: CLASSES.length, seed: 3 });
  for (const key of ['bn1.weight', 'fc.weight']) {
    const weight = model.parameters.get(key) as tf.Variable;
    weight.assign(tf.mul(weight, scale));
  }
  mkdirSync(path.dirname(inFolder(file)), { recursive: true });
  const about = weightsMetadata({ model: name, classes: CLASSES, input: INPUT, ...more });
  writeFileSync(inFolder(file), saveWeights(model, about));
  model.dispose();
}

const exporting = async (source: string, options: Readonly<Record<string, unknown>> = {}) => {
  if (exportCommand.run === undefined) throw new Error('no command');
  return exportCommand.run({ arguments: { source }, options: { engine: 'wasm', ...options } }, io);
};
const importing = async (file: string, out: string) => {
  if (importTeacherCommand.run === undefined) throw new Error('no command');
  const options = { engine: 'wasm', out };
  return importTeacherCommand.run({ arguments: { file }, options }, io);
};

describe('winnow export of a weights file', () => {
  it('writes all formats, says how large they are and how well they answer', async () => {
    const { json, text } = await exporting('student.safetensors');
    expect(listed('export/student')).toEqual(
      [
        ...['export.json', 'model-card.md', 'model.onnx', 'model.safetensors', 'tfjs', 'tfjs/model.json', SHARDS],
        ...['model.float16.onnx', 'model.float16.safetensors', 'tfjs-float16', 'tfjs-float16/model.json'],
        'tfjs-float16/group1-shard1of1.bin',
      ].sort(),
    );
    const bytes = readFileSync(inFolder('export/student/export.json'), 'utf8');
    const manifest = exportManifestSchema.parse(JSON.parse(bytes));
    expect(manifest).toMatchObject({ model: 'resnet8', classes: CLASSES });
    expect(manifest.exports.map(({ format, precision, input }) => [format, precision, input])).toEqual([
      ['safetensors', 'float32', INPUT],
      ['safetensors', 'float16', INPUT],
      ['onnx', 'float32', INPUT],
      ['onnx', 'float16', INPUT],
      ['tfjs', 'float32', INPUT],
      ['tfjs', 'float16', INPUT],
    ]);
    for (const { difference, precision } of manifest.exports) {
      expect(difference).toBeLessThan(precision === 'float32' ? 1e-4 : 1e-2);
    }
    expect(json).toMatchObject({ images: 4, isNoise: true, origin: 'noise', calibrated: 0, classCount: 3 });
    // Noise has no classes: nothing is said of accuracy.
    expect(text.join('\n')).toMatch(/onnx +float32 +model\.onnx +0\.3\d MB +- +- +\d/);
    expect(text.join('\n')).toMatch(/onnx +float16 +model\.float16\.onnx +0\.1\d MB/);
    expect(text.join('\n')).toMatch(/int8 was left out: .*--calibrate/);
    const weights = readFileSync(inFolder('student.safetensors'));
    expect(readFileSync(inFolder('export/student/model.safetensors')).equals(weights)).toBe(true);
  });

  const writeImages = async (name: string, count: number): Promise<void> => {
    for (const [index, label] of [CLASSES[0], CLASSES[2]].entries()) {
      mkdirSync(inFolder(`${name}/${label}`), { recursive: true });
      for (let at = 0; at < count; at += 1) {
        const data = Uint8Array.from(
          { length: 16 * 16 * 3 },
          (_, location) => (location * (at + 3) * 7 + 90 * index) % 256,
        );
        writeFileSync(inFolder(`${name}/${label}/${at}.png`), await encodePng({ width: 16, height: 16, data }));
      }
    }
  };

  it('writes int8 where there are images to calibrate it on, and says how often it is right', async () => {
    await writeImages('test', 3);
    await writeImages('pool', 5);
    const { json, text } = await exporting('student.safetensors', {
      check: [inFolder('test')],
      calibrate: ['pool'],
      format: ['onnx', 'tfjs'],
    });
    expect(json).toMatchObject({ images: 6, origin: 'named', calibrated: 10 });
    const manifest = exportManifestSchema.parse(
      JSON.parse(readFileSync(inFolder('export/student/export.json'), 'utf8')),
    );
    const int8 = manifest.exports.filter(({ precision }) => precision === 'int8');
    expect(int8.map(({ format, files }) => [format, files[0]?.name])).toEqual([
      ['onnx', 'model.int8.onnx'],
      ['tfjs', 'tfjs-int8/model.json'],
    ]);
    const sizeOf = (name: string) => statSync(inFolder(`export/student/${name}`)).size;
    expect(sizeOf('model.int8.onnx') / sizeOf('model.onnx')).toBeLessThan(0.4);
    for (const { difference, agreement, accuracy } of manifest.exports) {
      expect(difference).toBeLessThan(0.1);
      expect(agreement).toBeGreaterThan(0.8);
      expect(accuracy).toBe(manifest.exports[0]?.accuracy);
    }
    expect(text.join('\n')).toMatch(/onnx +int8 +model\.int8\.onnx +0\.\d\d MB +\d+\.00 % +\d+\.\d\d % +\d/);
    const card = readFileSync(inFolder('export/student/model-card.md'), 'utf8');
    expect(card).toMatch(/\| onnx \| int8 \| model\.int8\.onnx \| 0\.\d\d MB \|/);
    expect(card).toContain('chosen on 10 images');
  });

  it('measures on every other image where only images to calibrate on are named', async () => {
    await writeImages('pool', 5);
    const { json } = await exporting('student.safetensors', { calibrate: ['pool'], format: ['onnx'], precision: ['int8'] }); // prettier-ignore
    expect(json).toMatchObject({ images: 5, origin: 'rest', calibrated: 5 });
    expect(listed('export/student')).toEqual(['export.json', 'model-card.md', 'model.int8.onnx']);
    await importing('export/student/model.int8.onnx', 'back');
    const back = await loadNetwork(inFolder('back'));
    expect(back.classes).toEqual(CLASSES);
    back.dispose();
  });

  it.each([
    [{ precision: ['int8'], format: ['onnx'] }, /by images, and none are named/],
    [{ precision: ['int8'], format: ['safetensors'], calibrate: ['pool'] }, /no int8 safetensors/],
    [{ precision: ['float16'], calibrate: ['pool'] }, /Only int8 is calibrated/],
  ])('refuses what cannot be: %j', async (options, message) => {
    await expect(exporting('student.safetensors', options)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
    expect(existsSync(inFolder('export'))).toBe(false);
  });

  it('gives no file that would not answer with numbers', async () => {
    const model = createModel('resnet8', { classCount: CLASSES.length, seed: 3 });
    const weight = model.parameters.get('conv1.weight') as tf.Variable;
    weight.assign(tf.mul(weight, 1e6));
    writeFileSync(inFolder('large.safetensors'), saveWeights(model, weightsMetadata({ model: 'resnet8', classes: CLASSES, input: INPUT }))); // prettier-ignore
    model.dispose();
    await expect(exporting('large.safetensors', { out: 'out' })).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: 'conv1.weight',
      message: expect.stringMatching(/beyond float16/),
    });
    expect(existsSync(inFolder('out'))).toBe(false);
    await exporting('large.safetensors', { out: 'out', precision: ['float32'] });
  });

  it.each([
    ['letterbox', 'letterbox'],
    ['keep', 'cover'],
    [undefined, undefined],
  ])('says how the images of a student became square: %s as %s', async (resize, said) => {
    writeStudent('shaped.safetensors', 'resnet8', 1, resize === undefined ? {} : { resize });
    await exporting('shaped.safetensors', { out: 'out', precision: ['float32'] });
    const manifest = exportManifestSchema.parse(JSON.parse(readFileSync(inFolder('out/export.json'), 'utf8')));
    expect(manifest.resize).toBe(said);
    const layers = JSON.parse(readFileSync(inFolder('out/tfjs/model.json'), 'utf8')) as {
      userDefinedMetadata: { resize?: string };
    };
    expect(layers.userDefinedMetadata.resize).toBe(said);
    const onnx = readFileSync(inFolder('out/model.onnx'), 'latin1');
    expect(onnx.includes(`resize\x12${String.fromCharCode(said?.length ?? 0)}${said}`)).toBe(said !== undefined);
    for (const file of ['out/model.onnx', 'out/tfjs', 'out/model.safetensors']) {
      const isOurs = file.endsWith('.safetensors');
      const back = isOurs ? 'back.safetensors' : `back-${path.basename(file)}`;
      await importing(file, back);
      const network = await loadNetwork(inFolder(back));
      expect(network.resize).toBe(isOurs ? resize : said);
      network.dispose();
    }
  });

  it('gives the same bytes again', async () => {
    await exporting('student.safetensors', { out: 'a' });
    await exporting('student.safetensors', { out: 'b' });
    for (const name of ['model.onnx', 'model.safetensors', 'tfjs/model.json', SHARDS, 'export.json']) {
      expect(readFileSync(inFolder(`a/${name}`)).equals(readFileSync(inFolder(`b/${name}`)))).toBe(true);
    }
  });

  it.each([
    ['onnx', 'model.onnx', false],
    ['onnx', 'model.onnx', true],
    ['tfjs', 'tfjs', false],
    ['tfjs', 'tfjs/model.json', true],
    ['safetensors', 'model.safetensors', false],
  ])('comes back through `winnow teacher import`, without a flag: %s, %s, raw %s', async (format, file, raw) => {
    writeStudent('wide.safetensors', 'wrn-16-1');
    await exporting('wide.safetensors', { format: [format], raw, out: 'out' });
    await importing(`out/${file}`, format === 'safetensors' ? 'back.safetensors' : 'back');
    const [ours, back] = [
      await loadNetwork(inFolder('wide.safetensors')),
      await loadNetwork(inFolder(format === 'safetensors' ? 'back.safetensors' : 'back')),
    ];
    expect(back.classes).toEqual(CLASSES);
    expect(back.input).toEqual(raw ? { size: 16, range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1] } : INPUT);
    tf.tidy(() => {
      const bytes = tf.floor(tf.randomUniform([2, 16, 16, 3], 0, 256, 'float32', 5)) as tf.Tensor4D;
      const scaled = tf.div(tf.sub(tf.div(bytes, 255), INPUT.mean), INPUT.std) as tf.Tensor4D;
      const wanted = ours.frozen.outputs(scaled);
      const found = back.frozen.outputs(raw ? bytes : scaled);
      for (const name of ['logits', 'features', 'featureMap'] as const) {
        const [there, here] = [found[name] as tf.Tensor, wanted[name] as tf.Tensor];
        expect(there.shape).toEqual(here.shape);
        const largest = tf.max(tf.abs(here)).dataSync()[0] as number;
        const difference = tf.max(tf.abs(tf.sub(there, here))).dataSync()[0] as number;
        expect(difference / largest).toBeLessThan(1e-4);
      }
    });
    ours.dispose();
    back.dispose();
  });

  it('exports a student that keeps a projector', async () => {
    writeStudent('simkd.safetensors', 'resnet8+projector-48');
    const { json } = await exporting('simkd.safetensors');
    expect(json).toMatchObject({ model: 'resnet8+projector-48' });
  });

  it('leaves TF.js out where it has no layers for the network; asked for it, it refuses', async () => {
    const input = { ...INPUT, size: 224 };
    const model = createModel('vit-tiny', { classCount: CLASSES.length, seed: 3 });
    const graph = recordGraph(model, { input, raw: false });
    const kinds = exportKinds(['onnx', 'tfjs'], ['float32']);
    expect(encodableKinds(graph, { kinds, allFormats: true })).toEqual([{ format: 'onnx', precision: 'float32' }]);
    const about = weightsMetadata({ model: 'vit-tiny', classes: CLASSES, input });
    writeFileSync(inFolder('tokens.safetensors'), saveWeights(model, about));
    model.dispose();
    await expect(exporting('tokens.safetensors', { format: ['onnx', 'tfjs'] })).rejects.toMatchObject({
      code: 'USAGE',
      where: '--format tfjs',
      message: expect.stringContaining('TF.js has no layers'),
    });
    expect(existsSync(inFolder('export'))).toBe(false);
  });

  it('takes the folder of an export for the weights in it', async () => {
    await exporting('student.safetensors', { out: 'out', precision: ['float32'] });
    const { json } = await exporting('out', { out: 'again' });
    expect(json).toMatchObject({ weights: inFolder('out/model.safetensors') });
  });

  it('leaves nothing of a network that does not answer with numbers', async () => {
    writeStudent('huge.safetensors', 'resnet8', 1e30);
    await expect(exporting('huge.safetensors', { out: 'out' })).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    io = { ...io, signal: AbortSignal.abort() };
    await expect(exporting('student.safetensors', { out: 'out' })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(listed('.')).toEqual(['huge.safetensors', 'student.safetensors']);
  });

  it('refuses an architecture that it does not know, and files that are no weights', async () => {
    const bytes = readFileSync(inFolder('student.safetensors'));
    bytes.write('resnot8', bytes.indexOf('resnet8'));
    writeFileSync(inFolder('other.safetensors'), bytes);
    writeFileSync(inFolder('broken.safetensors'), 'broken');
    mkdirSync(inFolder('empty'));
    const wrong: [string, string, RegExp][] = [
      ['other.safetensors', 'CONFIG_INVALID', /does not know the architecture "resnot8"/],
      ['broken.safetensors', 'FORMAT_INVALID', /too few/],
      ['absent.safetensors', 'FILE_NOT_FOUND', /no trained model/],
      ['absent.yaml', 'FILE_NOT_FOUND', /no such project/],
      ['empty', 'FILE_NOT_FOUND', /no trained model/],
    ];
    for (const [source, code, message] of wrong) {
      await expect(exporting(source)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    }
    await expect(exporting('student.safetensors', { format: ['safetensors'], raw: true })).rejects.toMatchObject({
      code: 'USAGE',
      where: '--raw',
    });
    await expect(exporting('student.safetensors', { resize: 'cover' })).rejects.toMatchObject({
      code: 'USAGE',
      where: '--resize',
    });
    await exporting('student.safetensors', { format: ['onnx'], out: 'out' });
    await importing('out/model.onnx', 'teacher');
    await expect(exporting('teacher')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(exporting('student.safetensors', { run: 'x' })).rejects.toMatchObject({ code: 'USAGE' });
    expect(existsSync(inFolder('export'))).toBe(false);
  });
});

describe('winnow export to a folder that is there', () => {
  const onnxTo = (out: string) => exporting('student.safetensors', { format: ['onnx'], out });

  it('replaces an empty folder and an earlier export', async () => {
    mkdirSync(inFolder('out'));
    await onnxTo('out');
    writeStudent('student.safetensors', 'wrn-16-1');
    await exporting('student.safetensors', { out: 'out' });
    const manifest = exportManifestSchema.parse(JSON.parse(readFileSync(inFolder('out/export.json'), 'utf8')));
    expect(manifest.model).toBe('wrn-16-1');
    expect(listed('.').filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('keeps formats that would be lost', async () => {
    await exporting('student.safetensors', { out: 'out' });
    await expect(onnxTo('out')).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
      message: expect.stringMatching(/safetensors, safetensors float16, tfjs, tfjs float16 would be lost/),
    });
    expect(existsSync(inFolder('out/tfjs/model.json'))).toBe(true);
  });

  it('touches nothing that is not an export as it was written', async () => {
    const spoil: readonly (readonly [string, () => void])[] = [
      ['a file beside', () => writeFileSync(inFolder('out/notes.txt'), 'mine')],
      ['a file in tfjs', () => writeFileSync(inFolder('out/tfjs/notes.txt'), 'mine')],
      ['a folder', () => mkdirSync(inFolder('out/more'))],
      ['a changed file', () => writeFileSync(inFolder('out/model.onnx'), 'quantised by me')],
      ['no manifest', () => rmSync(inFolder('out/export.json'))],
      ['another manifest', () => writeFileSync(inFolder('out/export.json'), '{"format":"winnow-export","version":2}')],
      ['a manifest of more', () => {
        const manifest = JSON.parse(readFileSync(inFolder('out/export.json'), 'utf8')) as { exports: { files: { name: string }[] }[] };
        (manifest.exports[0]?.files[0] as { name: string }).name = '../student.safetensors';
        writeFileSync(inFolder('out/export.json'), JSON.stringify(manifest));
      }],
      ['a link', () => {
        rmSync(inFolder('out/tfjs'), { recursive: true });
        symlinkSync(folder, inFolder('out/tfjs'));
      }],
    ]; // prettier-ignore
    await exporting('student.safetensors', { out: 'good', precision: ['float32'] });
    const again = () => exporting('student.safetensors', { out: 'out', precision: ['float32'] });
    const copy = () => cpSync(inFolder('good'), inFolder('out'), { recursive: true });
    // A copy is replaced as it is.
    copy();
    await again();
    rmSync(inFolder('out'), { recursive: true });
    for (const [what, change] of spoil) {
      copy();
      change();
      const before = listed('out');
      const error = await again().catch((caught: unknown) => caught);
      expect([what, error]).toEqual([what, expect.objectContaining({ code: 'FILE_NOT_WRITABLE' })]);
      expect(listed('out')).toEqual(before);
      rmSync(inFolder('out'), { recursive: true });
    }
    symlinkSync(inFolder('good'), inFolder('link'));
    writeFileSync(inFolder('file'), 'mine');
    for (const out of ['link', 'file', '.', 'student.safetensors']) {
      await expect(onnxTo(out)).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    }
    expect(readFileSync(inFolder('file'), 'utf8')).toBe('mine');
  });
});

describe('winnow export after a killed one', () => {
  it('brings the earlier export back, which then is replaced as any', async () => {
    await exporting('student.safetensors', { format: ['onnx', 'safetensors'], out: 'out' });
    mkdirSync(inFolder('.out.1q2w3e'));
    renameSync(inFolder('out'), inFolder('.out.1q2w3e/old'));
    // Its ONNX would be lost.
    await expect(exporting('student.safetensors', { format: ['safetensors'], out: 'out' })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
    });
    expect(listed('out')).toEqual([
      ...[
        'export.json',
        'model-card.md',
        'model.float16.onnx',
        'model.float16.safetensors',
        'model.onnx',
        'model.safetensors',
      ],
    ]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.out'))).toEqual([]);
  });
});

describe('winnow export of a project', () => {
  const writeRun = (name: string, startedAt: string, status: 'running' | 'finished'): void => {
    const run = `.winnow/runs/${name}`;
    writeStudent(`${run}/student.safetensors`);
    const write = (file: string, value: unknown): void =>
      writeFileSync(inFolder(`${run}/${file}`), JSON.stringify(value));
    write('manifest.json', { project: 'p', startedAt });
    write('config.json', {});
    write('summary.json', {});
    write('state.json', { identity: name, status });
    writeFileSync(inFolder(`${run}/metrics.jsonl`), '');
  };

  it('takes the finished run that is named, else the one started last', async () => {
    writeFileSync(inFolder('p.yaml'), 'name: p\nclasses: [{ name: crow }, { name: jay }]\n');
    await expect(exporting('p.yaml')).rejects.toMatchObject({ code: 'MISSING_INPUT' });
    writeRun('late', '2026-11-24T10:00:00.000Z', 'finished');
    writeRun('newer', '2026-11-24T09:00:00.000Z', 'finished');
    writeRun('open', '2026-11-24T11:00:00.000Z', 'running');
    await exporting('p.yaml', { format: ['safetensors'] });
    await exporting('p.yaml', { format: ['safetensors'], run: 'newer' });
    expect(readdirSync(inFolder('export')).sort()).toEqual(['late', 'newer']);
    for (const [run, message] of [['open', /not finished/], ['../../x', /not there/]] as const) {
      await expect(exporting('p.yaml', { run })).rejects.toMatchObject({
        code: 'MISSING_INPUT',
        message: expect.stringMatching(message),
        next: 'Finished runs: late, newer; `winnow runs p.yaml` tells more.',
      });
    } // prettier-ignore
    for (const run of ['.winnow/runs/newer', './.winnow/runs/newer/', inFolder('.winnow/runs/newer')]) {
      const { json } = await exporting('p.yaml', { format: ['safetensors'], run, out: 'named' });
      expect(json['weights']).toBe(inFolder('.winnow/runs/newer/student.safetensors'));
    }
    await exporting('.winnow/runs/newer', { format: ['safetensors'], out: 'by-folder' });
    expect(listed('by-folder')).toEqual([
      'export.json',
      'model-card.md',
      'model.float16.safetensors',
      'model.safetensors',
    ]);
  });
});
