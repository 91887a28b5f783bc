import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { DEFAULT_IMAGE_LIMITS, decodeImage, encodeJpeg, resizeRgb } from '@winnow/imaging';
import { startBenchWebProcess } from '../web/bench-web-process';
import { SHARDS_JPEG_QUALITY } from './shards-task';
import type { ImagePool } from './shards-task';

/** Different images; shards repeat them, which no reader notices. */
const POOL = 256;

/**
 * The images that are written to shards: those of the benchmark `harvest`, squashed to a square, as JPEG files and as RGB.
 * @param drawn folder of the drawn images, kept
 * @param target folder for `jpg.bin`, `rgb.bin` and `pool.json`
 */
export async function makeShardsPool(
  { drawn, target, size, images }: { drawn: string; target: string; size: number; images: number },
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<ImagePool> {
  const count = Math.max(2, Math.min(POOL, images));
  await (await startBenchWebProcess({ folder: drawn, images: count }, io)).stop();
  const rgb: Uint8Array[] = [];
  const jpg: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const file = path.join(drawn, `${String(index).padStart(6, '0')}.jpg`);
    const decoded = await decodeImage(await readFile(file), DEFAULT_IMAGE_LIMITS);
    if (!decoded.ok)
      throw new WinnowError('DATA_CORRUPT', `A drawn image is damaged: ${decoded.detail}`, { where: file });
    const image = await resizeRgb(decoded.image, size, 'squash');
    rgb.push(image.data);
    jpg.push(await encodeJpeg(image, SHARDS_JPEG_QUALITY));
  }
  const pool: ImagePool = { size, lengths: jpg.map(({ length }) => length) };
  await writeFile(path.join(target, 'rgb.bin'), Buffer.concat(rgb));
  await writeFile(path.join(target, 'jpg.bin'), Buffer.concat(jpg));
  await writeFile(path.join(target, 'pool.json'), JSON.stringify(pool));
  return pool;
}
