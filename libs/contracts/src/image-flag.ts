/** What screens say of an image. They flag; a build drops only what `build.screens.drop` names. */
export const IMAGE_FLAGS = [
  /** PDQ quality below 50: flat or nearly empty; near copies of it cannot be told. */
  'low_information',
  'blurry',
  'dark',
  'bright',
  'odd_aspect',
  'small',
  /** The same image on many hosts, as "image not available" images are. */
  'placeholder',
] as const;

export type ImageFlag = (typeof IMAGE_FLAGS)[number];

/** What screens look at, measured on an upright copy of at most 256 x 256 pixels. */
export interface ImageMeasures {
  /** Luma (BT.601) that 1 % of the pixels lie below, 0..1. */
  readonly lumaP1: number;
  /** Luma that 99 % of the pixels lie below, 0..1. */
  readonly lumaP99: number;
  /**
   * Variance of the Laplacian (kernel 0 1 0, 1 -4 1, 0 1 0) over the mean squared gradient (central differences): low
   * where there are no sharp edges, whatever the contrast. Photographs have 1 to 10.
   */
  readonly edgeSharpness: number;
  /** Of the 256-bin histogram of luma, 0..8. */
  readonly entropyBits: number;
}
