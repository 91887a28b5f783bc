import type { ImageMeasures } from '@winnow/contracts';
import { isForOtherThread, jpegCodec, LUMA_FIGURES } from '../codec/jpeg-codec';
import type { LumaTaps } from '../codec/jpeg-codec';
import type { RgbImage } from '../rgb-image';
import { measureImage, measuresOf } from './measure-image';
import type { EdgeSums } from './measure-image';
import { DCT_ROWS, pdqHash, pdqOf, pdqTaps } from './pdq-hash';
import type { ImageSize, PdqHash } from './pdq-hash';

const [COEFFICIENTS, BINS, SUMS] = [256, 256, 3];

/** What is stored of an image's luma. */
export interface LumaFigures {
  readonly pdq: PdqHash;
  readonly measures: ImageMeasures;
}

/**
 * `pdqHash` and `measureImage` of an image, by the codec's code where that is there, to the same figures.
 * @param full size of the image that it shows
 */
export async function lumaFigures(image: RgbImage, full: ImageSize): Promise<LumaFigures> {
  const codec = await jpegCodec();
  const taps = codec && lumaTaps(image, full);
  const inJavaScript = (): LumaFigures => ({ pdq: pdqHash(image, full), measures: measureImage(image) });
  if (!taps) return inJavaScript();
  const found = new Float64Array(LUMA_FIGURES);
  const written = await codec.lumaFigures(image.data, image.width, ...taps, found, isForOtherThread(image));
  // There was no memory.
  return written === 0 ? inJavaScript() : lumaFiguresOf(image, found);
}

/** What the codec needs to know of an image; null for one that has no hash. @param full size of the image that it shows */
export function lumaTaps(image: ImageSize, full: ImageSize): LumaTaps | null {
  const taps = pdqTaps(image, full);
  if (taps === null) return null;
  const { columns, rows } = taps;
  return [columns.first, columns.starts, columns.weights, rows.first, rows.starts, rows.weights, DCT_ROWS];
}

/** What the codec's figures mean. @param found [516], of native/luma_figures.h */
export function lumaFiguresOf(image: ImageSize, found: Float64Array): LumaFigures {
  const histogram = found.subarray(COEFFICIENTS + 1, COEFFICIENTS + 1 + BINS);
  return {
    pdq: pdqOf(found.subarray(0, COEFFICIENTS), found[COEFFICIENTS] as number),
    measures: measuresOf(image, histogram, [...found.subarray(-SUMS)] as unknown as EdgeSums),
  };
}
