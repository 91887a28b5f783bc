import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo, InputSpec } from '@winnow/contracts';
import { encodePng } from '@winnow/imaging';
import { createModel, loadWeights, saveWeights, weightsMetadata } from '@winnow/models';
import { tf } from '@winnow/tensor';
import { startTensorEngine } from '../start-tensor-engine';
import { predictCommand } from './predict';

const SIZE = 16;
const INPUT: InputSpec = { size: SIZE, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
let cwd: string;
const io = (signal = new AbortController().signal): CommandIo =>
  ({ cwd, env: {}, log: () => undefined, signal }) as unknown as CommandIo;

beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), 'winnow-predict-'));
  await startTensorEngine('wasm', io());
  // Its middle is the square alone; the ends are dark.
  const colour = (column: number, row: number, channel: number) => (column * 11 + row * 5 + channel * 70) % 256;
  const picture = (width: number, from: number) =>
    encodePng({
      width,
      height: SIZE,
      data: Uint8Array.from({ length: width * SIZE * 3 }, (_, at) => {
        const column = (Math.floor(at / 3) % width) - from;
        return column < 0 || column >= SIZE ? 0 : colour(column, Math.floor(at / 3 / width), at % 3);
      }),
    });
  writeFileSync(path.join(cwd, 'wide.png'), await picture(3 * SIZE, SIZE));
  writeFileSync(path.join(cwd, 'square.png'), await picture(SIZE, 0));
  for (const resize of ['keep', 'squash', undefined] as const) {
    const model = createModel('resnet8', { classCount: 2, seed: 1 });
    const about = { model: 'resnet8', classes: ['a', 'b'], input: INPUT, ...(resize && { resize }) };
    writeFileSync(path.join(cwd, `${resize ?? 'untold'}.safetensors`), saveWeights(model, weightsMetadata(about)));
    model.dispose();
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function predicted(model: string, image: string, resize?: string): Promise<unknown> {
  const options = { top: 2, engine: 'wasm', ...(resize && { resize }) };
  const result = await predictCommand.run?.(
    { arguments: { model: `${model}.safetensors`, images: [image] }, options },
    io(),
  );
  return (result?.json['results'] as unknown as readonly { predictions: unknown }[])[0]?.predictions;
}

describe('winnow predict', () => {
  it('keeps what it has where it is stopped, and ends with 3', async () => {
    const predictUntilFirstProblem = async (...images: readonly string[]) => {
      const stopping = new AbortController();
      const stopped = { ...io(stopping.signal), log: () => stopping.abort() };
      const options = { top: 1, engine: 'wasm' };
      return predictCommand.run?.({ arguments: { model: 'keep.safetensors', images }, options }, stopped);
    };
    expect(await predictUntilFirstProblem('square.png', 'gone.png', 'wide.png')).toMatchObject({
      exitCode: 3,
      json: { results: [{ file: 'square.png' }, { file: 'gone.png', error: 'cannot be read' }], unasked: 1 },
      text: [expect.stringMatching(/^square\.png: /)],
    });
    await expect(predictUntilFirstProblem('gone.png', 'wide.png')).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: 'Stopped: 1 of 2 images were not looked at',
    });
  });

  it('takes the images of a folder, by name', async () => {
    const folder = path.join(cwd, 'images');
    mkdirSync(path.join(folder, 'deeper'), { recursive: true });
    for (const name of ['b.png', 'a.png', '.hidden.png'])
      copyFileSync(path.join(cwd, 'square.png'), path.join(folder, name));
    symlinkSync(path.join(cwd, 'square.png'), path.join(folder, 'c.png'));
    writeFileSync(path.join(folder, 'labels.csv'), 'a,b');
    const found = await predictCommand.run?.(
      {
        arguments: { model: 'keep.safetensors', images: ['images', 'wide.png'] },
        options: { top: 1, engine: 'wasm' },
      },
      io(),
    );
    const files = (found?.json['results'] as unknown as readonly { file: string }[]).map(({ file }) => file);
    expect(files).toEqual([
      path.join('images', 'a.png'),
      path.join('images', 'b.png'),
      path.join('images', 'c.png'),
      'wide.png',
    ]);
    expect(found?.exitCode).toBe(0);
    const none = { arguments: { model: 'keep.safetensors', images: ['images/deeper'] }, options: { engine: 'wasm' } };
    await expect(predictCommand.run?.(none, io())).rejects.toMatchObject({ code: 'MISSING_INPUT' });
  });

  it('counts an image as failed to which the network answers no number', async () => {
    const bytes = readFileSync(path.join(cwd, 'keep.safetensors'));
    const model = createModel('resnet8', { classCount: 2, seed: 1 });
    loadWeights(model, bytes, { where: 'keep.safetensors' });
    // Features so large that products with the classifier leave the range of numbers.
    for (const [name, value] of [
      ['layer3.0.bn2.weight', 1e6],
      ['fc.weight', 3e38],
    ] as const) {
      const variable = model.parameters.get(name) as tf.Variable;
      variable.assign(tf.fill(variable.shape, value));
    }
    const about = { model: 'resnet8', classes: ['a', 'b'], input: INPUT };
    writeFileSync(path.join(cwd, 'broken.safetensors'), saveWeights(model, weightsMetadata(about)));
    model.dispose();
    const input = { arguments: { model: 'broken.safetensors', images: ['square.png'] }, options: { engine: 'wasm' } };
    expect(await predictCommand.run?.(input, io())).toMatchObject({
      exitCode: 1,
      json: {
        results: [
          {
            file: 'square.png',
            error: expect.stringMatching(/^The network answers \S+ to the image square.png$/) as unknown,
          },
        ],
      },
    });
  });

  it.each([
    ['birds.yaml', 'FILE_NOT_FOUND', /no such project file/],
    ['student.onnx', 'USAGE', /this kind/],
    ['birds.json', 'FILE_NOT_FOUND', /no such project file/],
    ['model.json', 'USAGE', /this kind/],
    ['student.pth', 'USAGE', /this kind/],
  ])('says what to do with %s in place of weights', async (model, code, message) => {
    const input = { arguments: { model, images: ['square.png'] }, options: { top: 1, engine: 'wasm' } };
    await expect(predictCommand.run?.(input, io())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('looks at what is there, not at the name: weights called otherwise, and a folder', async () => {
    copyFileSync(path.join(cwd, 'squash.safetensors'), path.join(cwd, 'weights.bin'));
    mkdirSync(path.join(cwd, 'run.onnx'), { recursive: true });
    copyFileSync(path.join(cwd, 'squash.safetensors'), path.join(cwd, 'run.onnx', 'student.safetensors'));
    for (const model of ['weights.bin', 'run.onnx']) {
      const input = { arguments: { model, images: ['square.png'] }, options: { top: 1, engine: 'wasm' } };
      expect((await predictCommand.run?.(input, io()))?.exitCode).toBe(0);
    }
  });

  it('makes images square as those were that the model learnt from, or as it is told', async () => {
    const square = await predicted('keep', 'square.png');
    expect(await predicted('keep', 'wide.png')).toEqual(square);
    expect(await predicted('untold', 'wide.png', 'cover')).toEqual(square);
    const squashed = await predicted('untold', 'wide.png');
    expect(squashed).not.toEqual(square);
    expect(await predicted('squash', 'wide.png')).toEqual(squashed);
    expect(await predicted('keep', 'wide.png', 'squash')).toEqual(squashed);
  });
});
