/** A part of an image, whole pixels, within it. */
export interface ImageRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Chooses a region of an image of this size; the whole of it and random crops are such. */
export type ChooseRegion = (width: number, height: number) => ImageRegion;

/** All of the image. */
export const wholeRegion: ChooseRegion = (width, height) => ({ left: 0, top: 0, width, height });

/** The largest square in the middle. */
export const centredSquare: ChooseRegion = (width, height) => centredPart(width, height, 1);

/** The largest part in the middle of which the longer side is at most `maxRatio` times the shorter, whole pixels. */
export function centredPart(width: number, height: number, maxRatio: number): ImageRegion {
  const longest = Math.min(width, height) * maxRatio;
  const [partWidth, partHeight] = [Math.min(width, longest), Math.min(height, longest)];
  return {
    left: Math.floor((width - partWidth) / 2),
    top: Math.floor((height - partHeight) / 2),
    width: partWidth,
    height: partHeight,
  };
}
