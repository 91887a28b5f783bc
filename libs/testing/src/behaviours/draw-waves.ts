import type { RgbImage } from '@winnow/imaging';
import type { SeededRandom } from '@winnow/random';

const WAVES = 24;
const MAX_CYCLES = 6;
/** Standard deviation of a channel, of 255. */
const CONTRAST = 48;

/** An image of overlaid waves: rich enough for perceptual hashes, and unlike that of any other stream. */
export function drawWaves(random: SeededRandom, width: number, height: number): RgbImage {
  const sums = new Float64Array(width * height * 3).fill(128);
  for (let wave = 0; wave < WAVES; wave += 1) addWave(sums, random, { width, height });
  // Rounds and clamps in one go.
  return { width, height, data: new Uint8Array(Uint8ClampedArray.from(sums).buffer) };
}

/** Adds strength * cos(x + y), as cos x cos y - sin x sin y: sines for rows and columns rather than for pixels. */
function addWave(
  sums: Float64Array,
  random: SeededRandom,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const cycles = (): number => Math.round((2 * random.next() - 1) * MAX_CYCLES);
  const acrossCycles = cycles();
  const downCycles = cycles();
  const phase = random.next();
  const across = Float64Array.from({ length: width }, (_, x) => (2 * Math.PI * acrossCycles * x) / width);
  const cosX = across.map(Math.cos);
  const sinX = across.map(Math.sin);
  const strengths = [0, 1, 2].map(() => CONTRAST * Math.sqrt(2 / WAVES) * (0.8 + 0.4 * random.next()));
  for (let y = 0; y < height; y += 1) {
    const down = 2 * Math.PI * ((downCycles * y) / height + phase);
    const cosY = Math.cos(down);
    const sinY = Math.sin(down);
    for (let x = 0; x < width; x += 1) {
      const level = (cosX[x] ?? 0) * cosY - (sinX[x] ?? 0) * sinY;
      const at = (y * width + x) * 3;
      for (let band = 0; band < 3; band += 1) sums[at + band] = (sums[at + band] ?? 0) + level * (strengths[band] ?? 0);
    }
  }
}

/** An image of one colour. */
export function drawFlat(colour: readonly [number, number, number], width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(colour, at);
  return { width, height, data };
}
