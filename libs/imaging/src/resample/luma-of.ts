import type { RgbImage } from '../rgb-image';

/** Luma by ITU-R BT.601 (.299 R + .587 G + .114 B), 0..255, shape [height, width]. */
export function lumaOf(image: RgbImage): Float32Array {
  const luma = new Float32Array(image.width * image.height);
  for (let y = 0; y < image.height; y += 1) {
    lumaRow(image, y, luma.subarray(y * image.width, (y + 1) * image.width));
  }
  return luma;
}

/** Luma of row `y`, written to the first `image.width` places of `out`. */
export function lumaRow(image: RgbImage, y: number, out: Float32Array): void {
  const { data, width } = image;
  let at = y * width * 3;
  for (let x = 0; x < width; x += 1, at += 3) {
    out[x] = 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  }
}
