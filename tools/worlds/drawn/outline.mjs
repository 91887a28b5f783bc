/** Orders of the waves that an outline is made of. */
const ORDERS = [2, 3, 4, 5, 6];
/** Spread of a wave's height, in radii; higher orders are lower. */
const HEIGHT = 0.3;
/** By which an image's outline differs from that of its class, of HEIGHT. */
const JITTER = 0.25;
/** Greatest turn of an image, radians. */
const MAX_TURN = 0.2;
const MIN_RADIUS = 0.2;
/** Greatest change of a value by noise, of 255. */
const NOISE = 30;

/**
 * The outline of a class: heights of a cosine and a sine of each order, in radii.
 * @param {import('@winnow/random').SeededRandom} random
 * @returns {number[]} [2 * orders]
 */
export function drawPrototype(random) {
  return ORDERS.flatMap((order) => [0, 1].map(() => (HEIGHT * random.normal()) / Math.sqrt(order)));
}

/** How unlike two outlines are: the root of the mean squared difference of their radii, up to a factor. */
export function outlineDistance(a, b) {
  return Math.hypot(...a.map((height, index) => height - b[index]));
}

/**
 * Draws one image of a class: its outline with waves changed at random, filled with one colour, turned, scaled and moved
 * a little, on a background of noise.
 * @param {readonly number[]} prototype
 * @param {number} size side, pixels
 * @param {import('@winnow/random').SeededRandom} random
 * @returns {Uint8Array} RGB, [size, size, 3]
 */
export function drawOutline(prototype, size, random) {
  const waves = prototype.map(
    (height, index) => height + (JITTER * HEIGHT * random.normal()) / Math.sqrt(ORDERS[index >> 1]),
  );
  const turn = MAX_TURN * (2 * random.next() - 1);
  const scale = size * (0.22 + 0.08 * random.next());
  const [centreX, centreY] = [0, 1].map(() => size * (0.5 + 0.16 * (random.next() - 0.5)));
  const isBright = random.next() < 0.5;
  const colour = (low) => [0, 1, 2].map(() => low + 100 * random.next());
  const [front, back] = isBright ? [colour(140), colour(10)] : [colour(10), colour(140)];
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const [right, down] = [x + 0.5 - centreX, y + 0.5 - centreY];
      const isInside = Math.hypot(right, down) < scale * radiusAt(waves, Math.atan2(down, right) + turn);
      const noise = random.uint32();
      for (let band = 0; band < 3; band += 1) {
        const byte = (noise >>> (8 * band)) & 0xff;
        const value = (isInside ? front : back)[band] + NOISE * (byte / 127.5 - 1);
        pixels[(y * size + x) * 3 + band] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return pixels;
}

function radiusAt(waves, angle) {
  let radius = 1;
  ORDERS.forEach((order, index) => {
    radius += waves[2 * index] * Math.cos(order * angle) + waves[2 * index + 1] * Math.sin(order * angle);
  });
  return Math.max(MIN_RADIUS, radius);
}
