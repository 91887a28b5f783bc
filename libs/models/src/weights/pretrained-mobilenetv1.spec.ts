import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onEngines, tf } from '@winnow/tensor';
import { outlineModel } from '../create-model';
import { loadWeights } from './load-weights';
import type { FrozenModel } from '../model';

const DATA = path.join(__dirname, '../../../../../shared/data');
const FILES = ['imagenette.tar', 'imagenet_labels.txt', 'mobilenetv1-025.safetensors', 'mobilenetv1-05.safetensors'];
const itShared = FILES.every((file) => existsSync(path.join(DATA, file))) ? it : it.skip;
const SIZE = 224;
const BATCH = 50;
type Decode = (file: string) => { raw(): { toBuffer(): Promise<Buffer> } };

/** Test images by class, in the order of their outputs: [file, ...] of each. */
function readTest(folder: string): ReadonlyMap<number, readonly string[]> {
  execFileSync('tar', ['-xf', path.join(DATA, 'imagenette.tar'), '-C', folder, 'imagenette/test']);
  const labels = readFileSync(path.join(DATA, 'imagenet_labels.txt'), 'utf8').split('\n');
  const nameOf = (label: string) => (label.split(',')[0] as string).trim().toLowerCase().replaceAll(' ', '-');
  const root = path.join(folder, 'imagenette/test');
  return new Map(
    readdirSync(root).map((name) => {
      const files = readdirSync(path.join(root, name)).map((file) => path.join(root, name, file));
      return [labels.findIndex((label) => nameOf(label) === name), files];
    }),
  );
}

/** Of the images of one class, how many have their class's logit above those of the other `outputs`. */
async function countRight(frozen: FrozenModel, files: readonly string[], [right, outputs]: [number, number[]]) {
  const decode = jest.requireActual<Decode>('sharp');
  const pixels = await Promise.all(files.map((file) => decode(file).raw().toBuffer()));
  return tf.tidy(() => {
    const images = tf.tensor4d(Float32Array.from(Buffer.concat(pixels)), [files.length, SIZE, SIZE, 3]);
    const { logits } = frozen.forward(tf.sub(tf.div(images, 127.5), 1) as tf.Tensor4D);
    const found = tf.argMax(tf.gather(logits, outputs, 1), 1).dataSync();
    return found.filter((at) => outputs[at] === right).length;
  }) as unknown as number;
}

onEngines(() => {
  describe('published weights of MobileNetV1', () => {
    itShared.each([
      ['mobilenetv1-025', 0.918],
      ['mobilenetv1-05', 0.964],
    ] as const)('%s tells ten classes apart in %f of photographs (needs ../shared)', async (name, accuracy) => {
      const model = outlineModel(name, 1001);
      loadWeights(model, readFileSync(path.join(DATA, `${name}.safetensors`)), { where: name });
      const frozen = model.freeze();
      const folder = mkdtempSync(path.join(tmpdir(), 'winnow-imagenette-'));
      try {
        const test = readTest(folder);
        let [right, count] = [0, 0];
        for (const [output, files] of test) {
          for (let at = 0; at < files.length; at += BATCH) {
            right += await countRight(frozen, files.slice(at, at + BATCH), [output, [...test.keys()]]);
          }
          count += files.length;
        }
        expect(count).toBe(500);
        expect(Math.abs(right / count - accuracy)).toBeLessThan(0.01);
      } finally {
        rmSync(folder, { recursive: true });
        frozen.dispose();
        model.dispose();
      }
    });
  });
}, ['tensorflow']);
