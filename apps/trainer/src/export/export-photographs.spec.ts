import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo, ExportManifest, InputSpec } from '@winnow/contracts';
import { decodeSafetensors, encodeSafetensors, weightsMetadata } from '@winnow/models';
import { itWhereShared, sharedPath } from '@winnow/testing';
import { exportCommand } from '../commands/export';

const DATA = sharedPath('data');
const FILES = ['imagenette.tar', 'imagenet_labels.txt', 'mobilenetv1-025.safetensors', 'mobilenetv1-05.safetensors'];
const itShared = itWhereShared(...FILES.map((file) => `data/${file}`));
/** Every so many of the test images are asked about: each of six files takes its time for each. */
const TEST_EVERY = 2;
const INPUT: InputSpec = { size: 224, range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-photographs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Folders of photographs, a folder for each class, unpacked once. */
function photographs(): { readonly test: string; readonly pool: string } {
  const [test, pool] = ['test', 'pool'].map((part) => path.join(folder, 'imagenette', part)) as [string, string];
  if (existsSync(test)) return { test, pool };
  execFileSync('tar', ['-xf', path.join(DATA, 'imagenette.tar'), '-C', folder]);
  for (const name of readdirSync(test)) {
    const files = readdirSync(path.join(test, name)).sort();
    for (const file of files.filter((_, index) => index % TEST_EVERY !== 0)) rmSync(path.join(test, name, file));
  }
  return { test, pool };
}

/** A network of ImageNet, its head cut to the classes of imagenette. */
function cutHead(name: string, classes: readonly string[]): string {
  const names = readFileSync(path.join(DATA, 'imagenet_labels.txt'), 'utf8').split('\n');
  const slugs = names.map((label) => (label.split(',')[0] as string).trim().toLowerCase().replaceAll(' ', '-'));
  const rows = classes.map((one) => slugs.indexOf(one));
  const { tensors } = decodeSafetensors(readFileSync(path.join(DATA, `${name}.safetensors`)));
  const cut = [...tensors].map(([key, tensor]) => {
    const { shape } = tensor;
    const data = tensor.data as Float32Array;
    if (!key.startsWith('classifier.')) return [key, { shape, data }] as const;
    const length = data.length / (shape[0] as number);
    const kept = Float32Array.from({ length: rows.length * length }, (_, at) =>
      data[(rows[Math.floor(at / length)] as number) * length + (at % length)] as number); // prettier-ignore
    return [key, { shape: [rows.length, ...shape.slice(1)], data: kept }] as const;
  });
  const file = path.join(folder, `${name}.safetensors`);
  writeFileSync(file, encodeSafetensors(new Map(cut), weightsMetadata({ model: name, classes, input: INPUT })));
  return file;
}

describe('winnow export of MobileNetV1 on photographs', () => {
  itShared.each(['mobilenetv1-025', 'mobilenetv1-05'])(
    '%s in int8 loses half a point of accuracy at most (needs ../shared)',
    async (name) => {
      const { test, pool } = photographs();
      const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
      const io: CommandIo = {
        cwd: folder,
        env: process.env,
        signal: new AbortController().signal,
        log: () => undefined,
        progress,
      };
      // The fastest that is there: of 756 images at 224 px wasm takes four times as long.
      const options = { engine: 'auto', format: ['onnx'], check: [test], calibrate: [pool] };
      const source = cutHead(name, readdirSync(test).sort());
      const result = await exportCommand.run?.({ arguments: { source }, options }, io);
      process.stdout.write(`${result?.text.join('\n')}\n`);
      const [whole, half, int8] = result?.json['exports'] as unknown as ExportManifest['exports'];
      const accuracy = whole?.accuracy as number;
      expect(half?.accuracy).toBeCloseTo(accuracy, 3);
      expect(accuracy - (int8?.accuracy as number)).toBeLessThanOrEqual(0.0051);
      expect(int8?.agreement).toBeGreaterThan(0.98);
      const bytes = [whole, int8].map((one) => one?.files[0]?.sizeBytes as number) as [number, number];
      expect(bytes[1] / bytes[0]).toBeLessThan(0.34);
    },
    600_000,
  );
});
