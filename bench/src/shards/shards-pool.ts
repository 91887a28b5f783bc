import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { DEFAULT_IMAGE_LIMITS, decodeImage, encodeJpeg, resizeRgb } from '@winnow/imaging';
import { startBenchWebProcess } from '../web/bench-web-process';
import { SHARDS_JPEG_QUALITY } from './shards-task';
import type { PicturePool } from './shards-task';

/** Different pictures; shards repeat them, which no reader notices. */
const POOL = 256;

/**
 * The pictures that are written to shards: those of the benchmark `harvest`, squashed to a square, as JPEG files and as RGB.
 * @param drawn folder of the drawn pictures, kept
 * @param target folder for `jpg.bin`, `rgb.bin` and `pool.json`
 */
export async function makeShardsPool(
  { drawn, target, size, pictures }: { drawn: string; target: string; size: number; pictures: number },
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<PicturePool> {
  const count = Math.max(2, Math.min(POOL, pictures));
  await (await startBenchWebProcess({ folder: drawn, images: count }, io)).stop();
  const rgb: Uint8Array[] = [];
  const jpg: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const file = path.join(drawn, `${String(index).padStart(6, '0')}.jpg`);
    const decoded = await decodeImage(await readFile(file), DEFAULT_IMAGE_LIMITS);
    if (!decoded.ok)
      throw new WinnowError('DATA_CORRUPT', `A drawn picture is damaged: ${decoded.detail}`, { where: file });
    const picture = await resizeRgb(decoded.image, size, 'squash');
    rgb.push(picture.data);
    jpg.push(await encodeJpeg(picture, SHARDS_JPEG_QUALITY));
  }
  const pool: PicturePool = { size, lengths: jpg.map(({ length }) => length) };
  await writeFile(path.join(target, 'rgb.bin'), Buffer.concat(rgb));
  await writeFile(path.join(target, 'jpg.bin'), Buffer.concat(jpg));
  await writeFile(path.join(target, 'pool.json'), JSON.stringify(pool));
  return pool;
}
