import type { RgbImage } from '@winnow/imaging';
import type { SeededRandom } from '@winnow/random';
import type { NoiseTexture } from './noise-texture';

/** Ellipses, each lighter or darker and of another tint than what is under it. */
interface Blob {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly light: number;
  readonly blue: number;
  readonly red: number;
}

const SHORTEST = 300;
const LONGEST = 1600;
const SHAPES = [1, 3 / 4, 2 / 3, 9 / 16];
const TALL_FRACTION = 0.35;
const BLOBS = 12;
/** Colours change 2^2 times as slowly as light. */
const COLOUR_SHIFT = 2;

/** Size of an image as the web has them: longer side evenly from 300 to 1600 pixels, four shapes, a third upright. */
export function photoSize(random: SeededRandom): { readonly width: number; readonly height: number } {
  const long = SHORTEST + random.int(LONGEST - SHORTEST + 1);
  const short = Math.max(SHORTEST, Math.round(long * (SHAPES[random.int(SHAPES.length)] ?? 1)));
  return random.next() < TALL_FRACTION ? { width: short, height: long } : { width: long, height: short };
}

/** An image with the statistics of a photograph: two cut-outs of noise, tinted, under a dozen shapes with edges. */
export function drawPhoto(
  random: SeededRandom,
  { width, height }: { readonly width: number; readonly height: number },
  [coarse, fine]: readonly [NoiseTexture, NoiseTexture],
): RgbImage {
  const data = new Uint8ClampedArray(width * height * 3);
  const mean = 90 + 80 * random.next();
  const [coarseGain, fineGain] = [30 + 45 * random.next(), 15 + 20 * random.next()];
  const coarseStart = cutOut(random, coarse.side, { width, height });
  const fineStart = cutOut(random, fine.side, { width, height });
  const blobs = drawBlobs(random, width, height);
  const line = new Float32Array(width * 3);
  for (let y = 0; y < height; y += 1) {
    const coarseRow = coarseStart + y * coarse.side;
    const fineRow = fineStart + y * fine.side;
    const colourRow = (y >> COLOUR_SHIFT) * fine.side;
    for (let x = 0; x < width; x += 1) {
      const colour = colourRow + (x >> COLOUR_SHIFT);
      const light = (coarse.values[coarseRow + x] as number) * coarseGain;
      line[x * 3] = mean + light + (fine.values[fineRow + x] as number) * fineGain;
      line[x * 3 + 1] = 25 * (coarse.values[coarseStart + colour] as number);
      line[x * 3 + 2] = 25 * (fine.values[fineStart + colour] as number);
    }
    for (const blob of blobs) addBlobRow(line, y, blob);
    writeRow(line, data.subarray(y * width * 3, (y + 1) * width * 3));
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

function cutOut(random: SeededRandom, side: number, size: { readonly width: number; readonly height: number }): number {
  return random.int(side - size.height + 1) * side + random.int(side - size.width + 1);
}

function drawBlobs(random: SeededRandom, width: number, height: number): readonly Blob[] {
  return Array.from({ length: BLOBS }, () => ({
    x: random.next() * width,
    y: random.next() * height,
    halfWidth: (0.05 + 0.2 * random.next()) * width,
    halfHeight: (0.05 + 0.2 * random.next()) * height,
    light: 160 * random.next() - 80,
    blue: 60 * random.next() - 30,
    red: 60 * random.next() - 30,
  }));
}

function addBlobRow(line: Float32Array, y: number, blob: Blob): void {
  const off = (y - blob.y) / blob.halfHeight;
  if (Math.abs(off) >= 1) return;
  const half = blob.halfWidth * Math.sqrt(1 - off * off);
  const from = Math.max(0, Math.ceil(blob.x - half));
  const to = Math.min(line.length / 3, Math.ceil(blob.x + half));
  for (let x = from; x < to; x += 1) {
    line[x * 3] = (line[x * 3] as number) + blob.light;
    line[x * 3 + 1] = (line[x * 3 + 1] as number) + blob.blue;
    line[x * 3 + 2] = (line[x * 3 + 2] as number) + blob.red;
  }
}

/** From light and two colour differences to RGB (BT.601, rounded weights); the target clamps. */
function writeRow(line: Float32Array, target: Uint8ClampedArray): void {
  for (let at = 0; at < target.length; at += 3) {
    const [light, blue, red] = [line[at] as number, line[at + 1] as number, line[at + 2] as number];
    target[at] = light + red;
    target[at + 1] = light - 0.34 * blue - 0.71 * red;
    target[at + 2] = light + blue;
  }
}
