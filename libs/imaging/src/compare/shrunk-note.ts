/** Shorter side, pixels, from which an image is taken for a photograph, and what most networks take of those. */
const MIN_PHOTOGRAPH_SIDE = 176;
const USUAL_SIDE = 224;

/** The middle one of shorter sides, pixels; null for none. */
export function medianSide(images: readonly { readonly width: number; readonly height: number }[]): number | null {
  const sides = images.map(({ width, height }) => Math.min(width, height)).sort((a, b) => a - b);
  return sides[Math.floor(sides.length / 2)] ?? null;
}

/** Side to build images at whose shorter sides have this median, pixels, where nobody said it; null where they are small. */
export function photographSize(side: number | null): number | null {
  return side !== null && side >= MIN_PHOTOGRAPH_SIDE ? USUAL_SIDE : null;
}

/**
 * What a person should know where photographs are built much smaller than they are; null where they are not.
 * @param side median of their shorter sides, pixels
 * @param buildSize side of the data set's images, pixels
 */
export function shrunkNote(side: number | null, buildSize: number, file: string): string | null {
  const isShrunk = side !== null && side >= MIN_PHOTOGRAPH_SIDE && 2 * buildSize < side;
  if (!isShrunk || buildSize >= USUAL_SIDE) return null;
  return `The images have a median side of ${side} px; build.size ${buildSize} in ${file} shrinks them. ${USUAL_SIDE} is usual for photographs, with a student for that size (\`winnow models\`).`;
}
