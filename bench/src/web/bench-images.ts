import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeJpeg } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { drawPhoto, photoSize } from './draw-photo';
import { noiseTexture } from './noise-texture';
import type { NoiseTexture } from './noise-texture';

export interface BenchImage {
  /** Relative to the folder. */
  readonly file: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

export interface BenchImagesOptions {
  readonly folder: string;
  readonly count: number;
  readonly seed: number;
  /** Called after each new image. */
  readonly onDrawn?: (done: number) => void;
}

const TEXTURE_SIDE = 2048;
const TEXTURES = 4;
const QUALITY = 85;
/** Drawing is one thread's work, encoding another's. */
const AT_ONCE = 4;

/**
 * Synthetic JPEG photographs: made once, the same for the same seed, every one another. Image 7 is the same however
 * many are made. Goes on where an earlier call stopped. A change of how they are drawn needs a new folder: BENCH_IMAGES.
 */
export async function benchImages(options: BenchImagesOptions): Promise<readonly BenchImage[]> {
  const { folder, count, seed, onDrawn } = options;
  await mkdir(folder, { recursive: true });
  const list = path.join(folder, `list-${count}.json`);
  if (existsSync(list)) return JSON.parse(await readFile(list, 'utf8')) as BenchImage[];
  const random = new SeededRandom(`bench pictures ${seed}`);
  const textures = Array.from({ length: TEXTURES }, (_, index) =>
    noiseTexture(random.fork('texture', index), TEXTURE_SIDE),
  );
  const images: BenchImage[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index);
    images.push(...(await Promise.all(indices.map((index) => makeImage(folder, index, { random, textures })))));
    onDrawn?.(images.length);
  }
  await writeAside(list, Buffer.from(JSON.stringify(images)));
  return images;
}

async function makeImage(
  folder: string,
  index: number,
  { random, textures }: { readonly random: SeededRandom; readonly textures: readonly NoiseTexture[] },
): Promise<BenchImage> {
  const own = random.fork('picture', index);
  const size = photoSize(own);
  const file = `${String(index).padStart(6, '0')}.jpg`;
  const target = path.join(folder, file);
  if (!existsSync(target)) {
    const coarse = own.int(TEXTURES);
    const fine = (coarse + 1 + own.int(TEXTURES - 1)) % TEXTURES;
    const image = drawPhoto(own, size, [textures[coarse] as NoiseTexture, textures[fine] as NoiseTexture]);
    await writeAside(target, await encodeJpeg(image, QUALITY, '4:2:0'));
  }
  return { file, ...size, bytes: (await stat(target)).size };
}

/** A name stands for a whole file, also after a kill. */
async function writeAside(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, bytes);
  await rename(draft, file);
}
