import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEngines, tf } from '@winnow/tensor';
import { createModel } from './create-model';
import { loadWeights } from './weights/load-weights';
import { readWeightsMetadata } from './weights/weights-metadata';

interface GoldenImage {
  readonly path: string;
  readonly firstPixel: readonly number[];
  readonly logits: readonly number[];
  readonly features: readonly number[];
}
interface Golden {
  readonly classes: readonly string[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly images: readonly GoldenImage[];
}
type Decode = (bytes: Buffer) => { raw(): { toBuffer(): Promise<Buffer> } };

const shared = join(__dirname, '../../../../shared');
const world = join(shared, 'worlds/web7');
const archive = join(shared, 'data/cifar10.tar.gz');
const itShared = existsSync(world) && existsSync(archive) ? it : it.skip;

onEngines(() => {
  describe('the golden teacher', () => {
    itShared('gives the logits and features that PyTorch gives (needs ../shared)', async () => {
      const golden = JSON.parse(readFileSync(join(world, 'golden.json'), 'utf8')) as Golden;
      const weights = readFileSync(join(world, 'teacher.safetensors'));
      expect(readWeightsMetadata(weights)).toMatchObject({ model: 'resnet20', classes: golden.classes });
      const model = createModel('resnet20', { classCount: golden.classes.length, seed: 0 });
      loadWeights(model, weights, { where: 'teacher.safetensors' });
      const pixels = await normalisedPixels(golden);
      const frozen = model.freeze();
      tf.tidy(() => {
        const batch = tf.tensor4d(pixels, [golden.images.length, 32, 32, 3]);
        for (const { logits, features } of [model.forward(batch, { training: false }), frozen.forward(batch)]) {
          expectClose(
            logits.dataSync(),
            golden.images.flatMap((image) => image.logits),
          );
          expectClose(
            features.dataSync(),
            golden.images.flatMap((image) => image.features),
          );
        }
      });
      frozen.dispose();
      model.dispose();
    });
  });
});

async function normalisedPixels({ images, mean, std }: Golden): Promise<number[]> {
  const decode = jest.requireActual<Decode>('sharp');
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  try {
    execFileSync('tar', ['-xzf', archive, '-C', folder, ...images.map(({ path }) => path)]);
    const pixels: number[] = [];
    for (const { path, firstPixel } of images) {
      const raw = await decode(readFileSync(join(folder, path)))
        .raw()
        .toBuffer();
      expect([...raw.subarray(0, 3)]).toEqual(firstPixel);
      raw.forEach((value, at) => pixels.push((value / 255 - (mean[at % 3] as number)) / (std[at % 3] as number)));
    }
    return pixels;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const differences = expected.map((value, index) => Math.abs(value - (found[index] as number)));
  expect(Math.max(...differences)).toBeLessThan(1e-4);
}
