import type { ImageLimits } from '@winnow/imaging';

/** For pictures that are a person's own, not the web's: only absurd ones are refused. */
export const OWN_PICTURE_LIMITS: ImageLimits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };
