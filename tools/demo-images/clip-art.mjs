import { clipArtPixels } from './images.mjs';
import { readTar } from './tar.mjs';

/** Left out: the hundred generated stars, broken images, and what shows clothing or might offend. */
const UNFIT = /star_\d|stylized_yoga|shoe|boot|borsa|bag|wallet|hat_|sexy|skull|anarch/;
/** Mean absolute difference of grey values (0..255) under which two images count as the same motif. */
const SAME_MOTIF = 12;

/**
 * Different motifs out of openclipart.tar, in a seeded order.
 * @returns {Promise<{ source: string, pixels: Buffer }[]>} `size` x `size` RGB
 */
export async function chooseClipArt(path, { count, size, random }) {
  const fit = readTar(path).filter(({ name }) => name.endsWith('.png') && !UNFIT.test(name));
  const chosen = [];
  for (const { name, bytes } of random.shuffle('clip-art', fit)) {
    const pixels = await clipArtPixels(bytes, size);
    if (!isBlank(pixels) && chosen.every((other) => difference(other.pixels, pixels) >= SAME_MOTIF))
      chosen.push({ source: name.replace(/^.*\//, '').replace(/\.png$/, ''), pixels });
    if (chosen.length === count) return chosen;
  }
  throw new Error(`only ${chosen.length} of ${count} different clip-art images in ${path}`);
}

function difference(a, b) {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += Math.abs(a[index] - b[index]);
  return sum / a.length;
}

function isBlank(pixels) {
  return pixels.every((value) => value > 235) || pixels.every((value) => value < 20);
}
