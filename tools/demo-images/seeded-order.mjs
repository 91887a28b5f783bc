import { createHash } from 'node:crypto';

/**
 * Numbers drawn from SHA-256: the same seed and label give the same number on every machine and Node version.
 * @param {string} seed
 */
export function seeded(seed) {
  const draw = (label) => createHash('sha256').update(`${seed}/${label}`).digest().readUInt32BE(0);
  return {
    /** Uniform integer in [0, bound); the bias of the remainder is below bound / 2^32. */
    int: (label, bound) => draw(label) % bound,
    pick: (label, items) => items[draw(label) % items.length],
    /** A copy of items in an order that depends on seed, label and place only. */
    shuffle: (label, items) =>
      items
        .map((item, place) => ({ item, key: draw(`${label}/${place}`), place }))
        .sort((a, b) => a.key - b.key || a.place - b.place)
        .map(({ item }) => item),
  };
}
