import type { PointFrame, PointPainter, Rgb } from './point-painter';
import { CHOSEN, COLOUR_BITS, opacityOf, VISIBLE } from './point-painter';

const MAX_NUMBER = 65_535;

/** Points on a plain canvas, pixel by pixel: for browsers without WebGL2. */
export class CanvasPoints implements PointPainter {
  readonly isWebgl = false;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  #places = new Uint16Array(0);
  #codes = new Uint8Array(0);

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
  }

  setPlaces(places: Uint16Array<ArrayBuffer>): void {
    this.#places = places;
  }

  setCodes(codes: Uint8Array<ArrayBuffer>): void {
    this.#codes = codes;
  }

  draw({ view, ratio, pointPixels, palette, paper, hasChosen }: PointFrame): void {
    const { width, height } = this.#canvas;
    if (this.#context === null || width === 0 || height === 0) return;
    const image = this.#context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const [strong, faint] = [false, true].map((isFaint) => {
      const opacity = hasChosen && isFaint ? 0.25 : Math.max(0.8, opacityOf(this.#codes.length, false));
      return Uint32Array.from(palette, (rgb) => mixed(rgb, paper, opacity));
    }) as [Uint32Array, Uint32Array];
    const size = Math.max(1, Math.round(pointPixels * ratio));
    const { skew, height: rise } = view.plane;
    const [perX, perY] = [(view.side * ratio) / MAX_NUMBER, (view.side * rise * ratio) / MAX_NUMBER];
    const [left, bottom] = [view.x * ratio - size / 2, view.y * ratio - size / 2];
    for (let at = 0; at < this.#codes.length; at += 1) {
      const code = this.#codes[at] as number;
      if ((code & VISIBLE) === 0) continue;
      const second = this.#places[2 * at + 1] as number;
      const x = Math.round(left + ((this.#places[2 * at] as number) + second * skew) * perX);
      const y = Math.round(bottom - second * perY);
      if (x < 0 || y < 0 || x + size > width || y + size > height) continue;
      const colour = ((code & CHOSEN) === 0 ? faint : strong)[code & COLOUR_BITS] as number;
      for (let row = y * width + x; row < (y + size) * width; row += width) {
        for (let pixel = row; pixel < row + size; pixel += 1) pixels[pixel] = colour;
      }
    }
    this.#context.putImageData(image, 0, 0);
  }

  close(): void {
    this.#codes = new Uint8Array(0);
  }
}

/** Of four bytes, the lowest first: red, green, blue, opacity. */
function mixed(rgb: Rgb, paper: Rgb, share: number): number {
  const [red, green, blue] = rgb.map((value, at) => Math.round(value * share + (paper[at] as number) * (1 - share)));
  return ((255 << 24) | ((blue as number) << 16) | ((green as number) << 8) | (red as number)) >>> 0;
}
