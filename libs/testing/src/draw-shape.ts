import type { SeededRandom } from '@winnow/random';

/** Names of the shapes that can be drawn. */
export const SHAPES = ['disc', 'square', 'cross', 'ring', 'stripes', 'triangle', 'frame', 'corner', 'dots'] as const;

export type Shape = (typeof SHAPES)[number];

/** True where the shape is, for x and y in -1..1 around its middle. */
const INSIDE: Readonly<Record<Shape, (x: number, y: number) => boolean>> = {
  disc: (x, y) => x * x + y * y < 0.8,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.8,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.28 && Math.max(Math.abs(x), Math.abs(y)) < 1,
  ring: (x, y) => x * x + y * y < 1 && x * x + y * y > 0.4,
  stripes: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 1 && Math.floor((y + 1) * 2.5) % 2 === 0,
  triangle: (x, y) => y < 0.8 && y > 2 * Math.abs(x) - 0.9,
  frame: (x, y) => {
    const reach = Math.max(Math.abs(x), Math.abs(y));
    return reach < 1 && reach > 0.6;
  },
  corner: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 1 && (x < -0.4 || y > 0.4),
  dots: (x, y) => (Math.abs(x) - 0.55) ** 2 + (Math.abs(y) - 0.55) ** 2 < 0.12,
};

/** Greatest change of a value by noise, of 255. */
const NOISE = 22;

/** One image, RGB, [size, size, 3]: the shape in a random colour, place and size on a noisy background. */
export function drawShape(shape: Shape, size: number, random: SeededRandom): Uint8Array {
  const radius = size * (0.3 + 0.12 * random.next());
  const play = size / 2 - radius;
  const [centreX, centreY] = [size / 2 + play * (random.next() - 0.5), size / 2 + play * (random.next() - 0.5)];
  const isBright = random.next() < 0.5;
  const colour = (low: number): number[] => [0, 1, 2].map(() => low + 90 * random.next());
  const [front, back] = isBright ? [colour(160), colour(10)] : [colour(10), colour(160)];
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isInside = INSIDE[shape]((x + 0.5 - centreX) / radius, (y + 0.5 - centreY) / radius);
      // One draw gives the noise of all three bands: a byte each, centred.
      const noise = random.uint32();
      for (let band = 0; band < 3; band += 1) {
        const byte = (noise >>> (8 * band)) & 0xff;
        const value = ((isInside ? front : back)[band] ?? 0) + NOISE * (byte / 127.5 - 1);
        pixels[(y * size + x) * 3 + band] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return pixels;
}
