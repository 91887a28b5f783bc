import type { PixelImage } from './pixel-batch';

/** Where the result's pixel (x, y) comes from: `(a x + b y + c, d x + e y + f)`, pixel centres at whole numbers. */
type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Turns about the centre, counter-clockwise; what comes from outside is black. */
export function turnByDegrees(image: PixelImage, degrees: number): Uint8Array {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const middle = (image.size - 1) / 2;
  return warp(image, [cos, -sin, middle - middle * cos + middle * sin, sin, cos, middle - middle * sin - middle * cos]);
}

/** Pixel (x, y) comes from (x + factor y, y). */
export function shearHorizontally(image: PixelImage, factor: number): Uint8Array {
  return warp(image, [1, factor, 0, 0, 1, 0]);
}

/** Pixel (x, y) comes from (x, y + factor x). */
export function shearVertically(image: PixelImage, factor: number): Uint8Array {
  return warp(image, [1, 0, 0, factor, 1, 0]);
}

/** Moves the image, by parts of a pixel too. */
export function translate(image: PixelImage, by: { readonly right: number; readonly down: number }): Uint8Array {
  return warp(image, [1, 0, -by.right, 0, 1, -by.down]);
}

/** Bilinear resampling with black outside. Plain loops: it runs for every image of a batch, several times. */
function warp({ size, pixels }: PixelImage, [a, b, c, d, e, f]: Affine): Uint8Array {
  const { width, bordered } = withBorder(size, pixels);
  const result = new Uint8Array(pixels.length);
  const rowLength = width * 3;
  let write = 0;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1, write += 3) {
      const sourceX = a * x + b * y + c;
      const sourceY = d * x + e * y + f;
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      if (left < -1 || top < -1 || left >= size || top >= size) continue;
      const right = sourceX - left;
      const below = sourceY - top;
      const read = ((top + 1) * width + left + 1) * 3;
      for (let at = read; at < read + 3; at += 1) {
        const upper = (bordered[at] as number) * (1 - right) + (bordered[at + 3] as number) * right;
        const lower =
          (bordered[at + rowLength] as number) * (1 - right) + (bordered[at + rowLength + 3] as number) * right;
        result[write + at - read] = upper * (1 - below) + lower * below + 0.5;
      }
    }
  }
  return result;
}

/** The image within one black pixel on each side, so that every corner of a resampled pixel exists. */
function withBorder(size: number, pixels: Uint8Array): { width: number; bordered: Uint8Array } {
  const width = size + 2;
  const bordered = new Uint8Array(width * width * 3);
  for (let row = 0; row < size; row += 1) {
    bordered.set(pixels.subarray(row * size * 3, (row + 1) * size * 3), ((row + 1) * width + 1) * 3);
  }
  return { width, bordered };
}
