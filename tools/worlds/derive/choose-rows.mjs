import { apportion } from '../apportion.mjs';

/** Kinds of a pool's images, in the order of every count here. */
export const KINDS = ['clean', 'closed', 'open'];

/**
 * Chooses the images of a derived pool. Where less is kept of a kind, it is part of what more would have been: of one
 * seed, worlds differ by as few images as can be.
 * @param {readonly string[]} kinds of the rows
 * @param {object} request
 * @param {string} [request.drop] kind that is left out
 * @param {number} [request.openFraction] of the derived pool, 0 to below 1; where it must rise, known images go in proportion
 * @param {number} [request.limit] images at most; kinds stay in proportion
 * @param {ArrayLike<number>} request.order a random order of the rows: the first of it stay
 * @returns {number[]} rows, ascending
 * @throws RangeError where a share of open images is asked for and there are none, or none but those
 */
export function chooseRows(kinds, { drop, openFraction, limit, order }) {
  const present = KINDS.map((kind) => (kind === drop ? 0 : kinds.filter((other) => other === kind).length));
  const shared = openFraction === undefined ? present : withOpenFraction(present, openFraction);
  const total = shared.reduce((sum, count) => sum + count, 0);
  const left = limit === undefined || limit >= total ? shared : apportion(limit, shared);
  const chosen = [];
  for (const row of order) {
    const kind = KINDS.indexOf(kinds[row]);
    if (left[kind] === 0) continue;
    left[kind] -= 1;
    chosen.push(row);
  }
  return chosen.sort((a, b) => a - b);
}

function withOpenFraction([clean, closed, open], fraction) {
  const known = clean + closed;
  if (fraction > 0 && (known === 0 || open === 0)) throw new RangeError('the pool has no open or no known images');
  const wantedOpen = Math.round((known * fraction) / (1 - fraction));
  if (wantedOpen <= open) return [clean, closed, wantedOpen];
  const wantedKnown = Math.round((open * (1 - fraction)) / fraction);
  return [...apportion(wantedKnown, [clean, closed]), open];
}
