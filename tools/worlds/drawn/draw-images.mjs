import { workspace } from '../workspace.mjs';
import { drawOutline } from './outline.mjs';

const { encodePng } = workspace('@winnow/imaging');

/** Encoded at once, and so in memory. */
const CHUNK = 64;

/** Of an image in the archive of its world. @param {string} part pool, test or teacher */
export const pathOf = (part, index) => `${part}/${String(index).padStart(6, '0')}.png`;

/**
 * Draws planned images one after another: the same ones in every pass, as each has random numbers of its own.
 * @param {readonly { prototype: readonly number[], true: string }[]} rows as planDrawn gives them
 * @param {object} options
 * @param {string} options.part of the world
 * @param {number} options.size side, pixels
 * @param {import('@winnow/random').SeededRandom} options.random
 * @returns {AsyncGenerator<{ name: string, className: string, bytes: Buffer }>}
 */
export async function* drawImages(rows, { part, size, random }) {
  for (let from = 0; from < rows.length; from += CHUNK) {
    yield* await Promise.all(
      rows.slice(from, from + CHUNK).map(async (row, offset) => {
        const index = from + offset;
        const data = drawOutline(row.prototype, size, random.fork(part, index));
        const bytes = Buffer.from(await encodePng({ width: size, height: size, data }));
        return { name: pathOf(part, index), className: row.true, bytes };
      }),
    );
  }
}
