import type { ImageMeasures } from '@winnow/contracts';
import { isForOtherThread, jpegCodec } from '../codec/jpeg-codec';
import type { RgbImage } from '../rgb-image';
import { measureImage, measuresOf } from './measure-image';
import type { EdgeSums } from './measure-image';
import { DCT_ROWS, pdqHash, pdqOf, pdqTaps } from './pdq-hash';
import type { ImageSize, PdqHash } from './pdq-hash';

/** As native/luma_figures.h has them: coefficients, steps, histogram, sums over edges. */
const [COEFFICIENTS, BINS, SUMS] = [256, 256, 3];

/** What is stored of an image's luma. */
interface LumaFigures {
  readonly pdq: PdqHash;
  readonly measures: ImageMeasures;
}

/**
 * `pdqHash` and `measureImage` of an image, by the codec's code where that is there, to the same figures.
 * @param full size of the image that it shows
 */
export async function lumaFigures(image: RgbImage, full: ImageSize): Promise<LumaFigures> {
  const codec = await jpegCodec();
  const taps = codec && pdqTaps(image, full);
  const inJavaScript = (): LumaFigures => ({ pdq: pdqHash(image, full), measures: measureImage(image) });
  if (!taps) return inJavaScript();
  const { columns, rows } = taps;
  const found = new Float64Array(COEFFICIENTS + 1 + BINS + SUMS);
  const written = await codec.lumaFigures(
    ...[image.data, image.width, columns.first, columns.starts, columns.weights],
    ...[rows.first, rows.starts, rows.weights, DCT_ROWS, found, isForOtherThread(image)],
  );
  // There was no memory.
  if (written === 0) return inJavaScript();
  const histogram = found.subarray(COEFFICIENTS + 1, COEFFICIENTS + 1 + BINS);
  return {
    pdq: pdqOf(found.subarray(0, COEFFICIENTS), found[COEFFICIENTS] as number),
    measures: measuresOf(image, histogram, [...found.subarray(-SUMS)] as unknown as EdgeSums),
  };
}
