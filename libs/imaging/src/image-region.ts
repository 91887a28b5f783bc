/** A part of a picture, whole pixels, within it. */
export interface ImageRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Chooses a region of a picture of this size; the whole of it and random crops are such. */
export type ChooseRegion = (width: number, height: number) => ImageRegion;

/** All of the picture. */
export const wholeRegion: ChooseRegion = (width, height) => ({ left: 0, top: 0, width, height });
