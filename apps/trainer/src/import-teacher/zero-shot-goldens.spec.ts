import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { normalisePixels } from '@winnow/training';
import { importTeacherCommand } from '../commands/import-teacher';
import { loadNetwork } from '../teacher/load-teacher';

const GOLDENS = path.join(__dirname, 'goldens');
/** Pixels of tools/goldens/clip_teacher.py. */
const LENGTH = 16 * 16 * 3;
const PIXELS = Uint8Array.from({ length: 3 * LENGTH }, (_, at) => 7 * Math.floor(at / LENGTH) + 13 * (at % LENGTH));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-zero-shot-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what tools/pytorch/clip_teacher.py writes', () => {
  it.each(['clip', 'siglip'])(
    'of %s is a teacher without another flag, and answers as transformers does',
    async (kind) => {
      const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
      const io: CommandIo = {
        cwd: folder,
        env: {},
        signal: new AbortController().signal,
        log: () => undefined,
        progress,
      };
      const golden = JSON.parse(readFileSync(path.join(GOLDENS, `${kind}.json`), 'utf8')) as {
        readonly logits: readonly number[][];
        readonly features: readonly number[][];
      };
      const options = { zeroShot: path.join(GOLDENS, `${kind}-text.safetensors`), out: kind, engine: 'wasm' };
      await importTeacherCommand.run?.({ arguments: { file: path.join(GOLDENS, `${kind}.onnx`) }, options }, io);
      const { frozen, classes, input, resize, dispose } = await loadNetwork(path.join(folder, kind));
      expect({ classes, input, resize }).toEqual({
        classes: ['cat', 'dog', 'crow'],
        input: { size: 16, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
        resize: 'cover',
      });
      tf.tidy(() => {
        const outputs = frozen.outputs(tf.tensor4d(normalisePixels(PIXELS, input), [3, 16, 16, 3]));
        const [logits, features] = [outputs.logits.arraySync(), outputs.features.arraySync()];
        golden.logits.forEach((row, image) => {
          const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
          row.forEach((logit, name) => expect(logits[image]?.[name]).toBeCloseTo(logit - mean, 4));
          golden.features[image]?.forEach((value, at) => expect(features[image]?.[at]).toBeCloseTo(value, 5));
        });
      });
      dispose();
    },
  );
});
