import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo, CommandSpec, InputSpec } from '@winnow/contracts';
import { encodePng } from '@winnow/imaging';
import {
  createModel,
  decodeSafetensors,
  encodeLayersModel,
  encodeOnnx,
  loadPretrained,
  readPretrained,
  recordGraph,
} from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { itWhereShared, sharedPath } from '@winnow/testing';
import { studentCommand } from '../commands/student';
import { startTensorEngine } from '../start-tensor-engine';

const SIZE = 32;
const INPUT: InputSpec = { size: SIZE, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const REAL = ['data/mobilenet-v2-imagenet-tfjs.tar.gz', 'data/imagenette.tar'] as const;
const itShared = itWhereShared(...REAL);

let folder: string;
const io = {
  env: {},
  log: () => undefined,
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  signal: new AbortController().signal,
} as unknown as CommandIo;
const run = async (file: string, options: object) =>
  ((studentCommand.subcommands as CommandSpec[])[0] as Required<CommandSpec>).run(
    { arguments: { file }, options: { engine: 'wasm', ...options } },
    { ...io, cwd: folder },
  );

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-student-'));
  await startTensorEngine('wasm', io);
  const random = new SeededRandom('images');
  mkdirSync(path.join(folder, 'images'));
  for (let image = 0; image < 20; image += 1) {
    const data = Uint8Array.from({ length: SIZE * SIZE * 3 }, () => random.int(256));
    writeFileSync(path.join(folder, `images/${image}.png`), await encodePng({ width: SIZE, height: SIZE, data }));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('winnow student import', () => {
  it.each(['onnx', 'tfjs'] as const)(
    'makes weights of an exported network that a student takes: %s',
    async (format) => {
      const model = createModel('mobilenetv1-025', { classCount: 3, seed: 1 });
      const about = { model: 'mobilenetv1-025', classes: ['a', 'b', 'c'], input: INPUT, version: '1' };
      const graph = recordGraph(model, { input: INPUT, raw: false });
      model.dispose();
      const to = path.join(folder, format);
      mkdirSync(to);
      const files = format === 'onnx' ? new Map([['model.onnx', encodeOnnx(graph, about)]]) : encodeLayersModel(graph, about); // prettier-ignore
      for (const [name, bytes] of files) writeFileSync(path.join(to, name), bytes);
      const file = path.join(format, format === 'onnx' ? 'model.onnx' : 'model.json');
      const out = `${format}.safetensors`;
      await expect(run(file, { out })).rejects.toMatchObject({ code: 'MISSING_INPUT' });
      const result = await run(file, { out, images: ['images'] });
      expect(result).toMatchObject({ json: { model: 'mobilenetv1-025', unfolded: 27, images: 20, input: INPUT } });
      const bytes = readFileSync(path.join(folder, out));
      const pretrained = readPretrained(bytes, out);
      expect(pretrained).toMatchObject({ namedModel: 'mobilenetv1-025', input: { range: [0, 1] } });
      const student = createModel('mobilenetv1-025', { classCount: 7, seed: 2 });
      expect(loadPretrained(student, pretrained)).toEqual([]);
      student.dispose();
      await expect(run(file, { out, images: ['images'] })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
      await run(file, { out, images: ['images'], force: true });
    },
    180_000,
  );

  it('refuses safetensors, which need no import, and other architectures', async () => {
    writeFileSync(path.join(folder, 'x.safetensors'), 'x');
    await expect(run('x.safetensors', {})).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run('onnx/model.onnx', { model: 'resnet8' })).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: 'The graph is not of resnet8: its filters have other shapes',
    });
  });

  itShared(
    'reads a MobileNetV2 whose batch norm was folded (needs ../shared)',
    async () => {
      const [tfjs = '', images = ''] = REAL.map(sharedPath);
      execFileSync('tar', ['-xzf', tfjs, '-C', folder]);
      execFileSync('tar', ['-xf', images, '-C', folder, 'imagenette/pool/tench', 'imagenette/pool/church']);
      const json = execFileSync('find', [folder, '-name', 'model.json', '-not', '-path', '*/tfjs/*']).toString().trim();
      const options = { out: 'v2.safetensors', images: ['imagenette/pool'], range: ['-1', '1'], size: 64, model: 'mobilenetv2' }; // prettier-ignore
      const result = await run(path.relative(folder, json), options);
      expect(result).toMatchObject({ json: { model: 'mobilenetv2', unfolded: 52, images: 400 } });
      const { tensors } = decodeSafetensors(readFileSync(path.join(folder, 'v2.safetensors')));
      expect(tensors.get('classifier.1.weight')?.shape).toEqual([1001, 1280]);
      const variance = tensors.get('features.0.1.running_var')?.data as Float32Array;
      expect(Math.max(...variance)).toBeGreaterThan(0.01);
    },
    120_000,
  );
});
