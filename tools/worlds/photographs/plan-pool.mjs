import { apportion } from '../apportion.mjs';
import { LIKELY_MISTAKE } from './known-classes.mjs';

/** Of the known images, those under the label of another class. */
export const CLOSED_FRACTION = 0.22;
/** Of all. */
export const OPEN_FRACTION = 0.4;

/**
 * Chooses the images of a pool and gives them labels.
 * Closed noise: a share of the known images gets another class's label, half of them that of the likely mistake, half
 * that of any other class. Open noise: any label, by chance.
 * @param {object} candidates
 * @param {Record<string, readonly string[]>} candidates.known images by class
 * @param {Record<string, readonly string[]>} candidates.open images by source
 * @param {object} options
 * @param {number} options.limit images of the pool at most
 * @param {import('@winnow/random').SeededRandom} options.random
 * @returns {{ original: string, source: string, given: string, true: string, kind: string }[]} in a random order
 */
export function planPool({ known, open }, { limit, random }) {
  const knownSizes = Object.values(known).map(({ length }) => length);
  const openSizes = Object.values(open).map(({ length }) => length);
  const [knownCount, openCount] = countsWithin(limit, [sum(knownSizes), sum(openSizes)]);
  const classes = Object.keys(known);
  const clean = drawn(known, apportion(knownCount, knownSizes), random.fork('known')).map(({ original, group }) => ({
    ...{ original, source: 'imagenette', given: group, true: group, kind: 'clean' },
  }));
  const others = drawn(open, apportion(openCount, openSizes), random.fork('open')).map(({ original, group }) => ({
    ...{ original, source: group, true: 'open', kind: 'open' },
    given: classes[random.fork('open label', original).int(classes.length)],
  }));
  const labelled = withClosedNoise(clean, classes, random);
  return random.fork('order').shuffle([...labelled, ...others]);
}

/** As many as there are, and no more than the limit, with the share of open images. */
function countsWithin(limit, [knownThere, openThere]) {
  const total = Math.min(limit, Math.floor(knownThere / (1 - OPEN_FRACTION)), Math.floor(openThere / OPEN_FRACTION));
  const openCount = Math.round(total * OPEN_FRACTION);
  return [total - openCount, openCount];
}

/** A larger count keeps what a smaller one has. */
function drawn(groups, counts, random) {
  return Object.entries(groups).flatMap(([group, images], index) =>
    random
      .fork(group)
      .shuffle([...images])
      .slice(0, counts[index])
      .map((original) => ({ original, group })),
  );
}

function withClosedNoise(rows, classes, random) {
  const order = random.fork('closed').permutation(rows.length);
  const isWrong = new Set(order.slice(0, Math.round(rows.length * CLOSED_FRACTION)));
  return rows.map((row, index) => {
    if (!isWrong.has(index)) return row;
    const draw = random.fork('closed label', row.original);
    const others = classes.filter((name) => name !== row.true);
    const given = draw.next() < 0.5 ? LIKELY_MISTAKE[row.true] : others[draw.int(others.length)];
    return { ...row, given, kind: 'closed' };
  });
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
