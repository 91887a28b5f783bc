import { lumaOf } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { cut } from './edits';

const PLACES = 5;

/** The part of half the width and height, of 5 x 5 places, whose light varies least: sky, wall, water. */
export async function smoothestQuarter(image: RgbImage): Promise<RgbImage> {
  const width = Math.max(1, image.width >> 1);
  const height = Math.max(1, image.height >> 1);
  let least = Infinity;
  let smoothest = image;
  for (let place = 0; place < PLACES * PLACES; place += 1) {
    const left = Math.round(((image.width - width) * (place % PLACES)) / (PLACES - 1));
    const top = Math.round(((image.height - height) * Math.floor(place / PLACES)) / (PLACES - 1));
    const part = await cut(image, { left, top, width, height });
    const variance = varianceOf(lumaOf(part));
    if (variance >= least) continue;
    least = variance;
    smoothest = part;
  }
  return smoothest;
}

function varianceOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
