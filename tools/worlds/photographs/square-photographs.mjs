import { createHash } from 'node:crypto';
import { workspace } from '../workspace.mjs';
import { readPhotographs } from './photograph-sources.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const { analyseImage, makeSquare } = workspace('@winnow/imaging');

/** Side of the images, pixels: what the teacher takes. */
export const SIZE = 224;
const QUALITY = 90;
const MAX_PIXELS = 50_000_000;
const LIMITS = { maxPixels: MAX_PIXELS, minSide: 1, maxAspectRatio: 1000 };

/**
 * Cuts photographs to the square in the middle and encodes them, all in one way, so that no trace of an encoder tells
 * where one comes from.
 * @param {string} data folder of the tars
 * @param {readonly string[]} names of members
 * @returns {Promise<Map<string, Buffer>>} JPEG by name
 * @throws WinnowError IMAGE_UNREADABLE
 */
export async function squarePhotographs(data, names) {
  const squares = new Map();
  for await (const { name, bytes, where } of readPhotographs(data, new Set(names))) {
    const square = await makeSquare(bytes, {
      ...{ size: SIZE, policy: 'cover', format: 'jpeg', quality: QUALITY, maxPixels: MAX_PIXELS },
    });
    if (!square.ok)
      throw new WinnowError('IMAGE_UNREADABLE', `A photograph cannot be used: ${square.detail}`, { where });
    squares.set(name, Buffer.from(square.bytes));
  }
  return squares;
}

/** What `findLeaks` compares. @param {Map<string, Buffer>} squares @param {readonly string[]} names */
export async function hashSquares(squares, names) {
  const items = [];
  for (const name of names) {
    const bytes = squares.get(name);
    const { pixelSha256, pdq, pdqQuality } = await analyseImage(bytes, LIMITS);
    const bytesSha = createHash('sha256').update(bytes).digest('hex');
    items.push({ id: name, bytesSha, pixelSha: pixelSha256, pdq, pdqQuality, embedding: null });
  }
  return items;
}
