import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { requireUninterrupted } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { encodeJpeg, encodePng, resampleRegion, resizeRgb } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { drawPhoto } from '../web/draw-photo';
import { noiseTexture } from '../web/noise-texture';

export const IMAGES_FOLDER = 'images';
export const TEST_FOLDER = 'test';
export const CLASSES = ['ant', 'bee', 'cow', 'dog', 'elk'];
const TEXTURE_SIDE = 1024;
/** Pixels. All are small: hashes tell them apart badly, so builds compare their pixels. */
const SHORTEST = 32;
const LONGEST = 160;
/** Of the images that are copies of the one before, and of the test images that are copies of an image. */
const COPY_EVERY = 10;
const TEST_EVERY = 50;
const AT_ONCE = 8;

/**
 * Draws images into folders of classes, the same ones each time: a tenth are copies of another, smaller, cut a little or
 * compressed anew. For every fiftieth there is a test image, and every other one of these is a copy of it.
 * @returns how many test images there are
 */
export async function drawSmallImages(folder: string, count: number, io: CommandIo): Promise<number> {
  const random = new SeededRandom('small images');
  const textures = [
    noiseTexture(random.fork('a'), TEXTURE_SIDE),
    noiseTexture(random.fork('b'), TEXTURE_SIDE),
  ] as const;
  const draw = (name: string, index: number): RgbImage => {
    const own = random.fork(name, index);
    const side = (): number => SHORTEST + own.int(LONGEST - SHORTEST + 1);
    return drawPhoto(own, { width: side(), height: side() }, textures);
  };
  for (const top of [IMAGES_FOLDER, TEST_FOLDER]) {
    for (const name of CLASSES) await mkdir(path.join(folder, top, name), { recursive: true });
  }
  let tests = 0;
  const make = async (index: number): Promise<void> => {
    const isCopy = index % COPY_EVERY === COPY_EVERY - 1;
    const image = draw('image', isCopy ? index - 1 : index);
    const name = path.join(CLASSES[index % CLASSES.length] as string, String(index));
    const bytes = isCopy ? await editedCopy(image, index) : await encodePng(image);
    await writeFile(path.join(folder, IMAGES_FOLDER, `${name}.${isCopy ? 'jpg' : 'png'}`), bytes);
    if (index % TEST_EVERY !== 0) return;
    const shown = index % (2 * TEST_EVERY) === 0 ? image : draw('test', index);
    await writeFile(path.join(folder, TEST_FOLDER, `${name}.jpg`), await editedCopy(shown, index));
    tests += 1;
  };
  for (let from = 0; from < count; from += AT_ONCE) {
    requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => make(from + at)));
  }
  return tests;
}

async function editedCopy(image: RgbImage, index: number): Promise<Uint8Array> {
  if (index % 3 === 0) return encodeJpeg(image, 60);
  const side = Math.min(image.width, image.height);
  if (index % 3 === 1) return encodeJpeg(await resizeRgb(image, Math.round(0.8 * side), 'squash'), 85);
  const size = side - 2;
  const region = { left: 1, top: 1, width: image.width - 2, height: image.height - 2 };
  return encodeJpeg({ width: size, height: size, data: resampleRegion(image, region, size) }, 85);
}
