/** A decoded image: upright, sRGB, 8 bits, no alpha. */
export interface RgbImage {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** RGB, shape [height, width, 3], row-major. */
  readonly data: Uint8Array;
}
