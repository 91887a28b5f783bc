import type { SeededRandom } from '@winnow/random';

/** Grey noise that tiles of an image are cut from. */
export interface NoiseTexture {
  /** Pixels; a power of two. */
  readonly side: number;
  /** About -2..2, shape [side, side]. */
  readonly values: Float32Array;
}

const LARGEST_CELL = 512;
/** Amplitude of an octave by that of the next coarser one: gives JPEG files of about two bits a pixel at quality 85. */
const FALL = 0.8;

/** Several octaves of smooth noise, from wide gradients to single pixels, as photographs have them. */
export function noiseTexture(random: SeededRandom, side: number): NoiseTexture {
  const values = new Float32Array(side * side);
  let amplitude = 1;
  for (let cell = Math.min(LARGEST_CELL, side / 2); cell >= 1; cell /= 2, amplitude *= FALL) {
    addOctave(values, { random, side, cell, amplitude });
  }
  return { side, values };
}

interface Octave {
  readonly random: SeededRandom;
  readonly side: number;
  /** Distance of the grid's points, pixels. */
  readonly cell: number;
  readonly amplitude: number;
}

function addOctave(values: Float32Array, { random, side, cell, amplitude }: Octave): void {
  const points = side / cell + 1;
  const grid = Float32Array.from({ length: points * points }, () => (2 * random.next() - 1) * amplitude);
  // Looked up, since a texture has millions of pixels.
  const nearest = Int32Array.from({ length: side }, (_, place) => Math.floor(place / cell));
  const fractions = Float64Array.from({ length: side }, (_, place) => smooth((place % cell) / cell));
  for (let y = 0; y < side; y += 1) {
    const row = (nearest[y] as number) * points;
    const down = fractions[y] as number;
    for (let x = 0; x < side; x += 1) {
      const at = row + (nearest[x] as number);
      const right = fractions[x] as number;
      const upper = mix(grid[at] as number, grid[at + 1] as number, right);
      const lower = mix(grid[at + points] as number, grid[at + points + 1] as number, right);
      values[y * side + x] = (values[y * side + x] as number) + mix(upper, lower, down);
    }
  }
}

function mix(a: number, b: number, fraction: number): number {
  return a + (b - a) * fraction;
}

function smooth(fraction: number): number {
  return fraction * fraction * (3 - 2 * fraction);
}
