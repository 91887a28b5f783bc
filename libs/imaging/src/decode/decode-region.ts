import { isWinnowError } from '@winnow/contracts';
import { openPlainJpeg } from '../codec/jpeg-codec';
import { boundedDecode } from './bounded-decode';
import { classifyFailure } from './classify-failure';
import { decodeHere, toRgb } from './decode-image';
import { endsTooEarly } from '../formats/ends-too-early';
import { checkDimensions, limitsOf, refuse } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';
import type { ChooseRegion, ImageRegion } from '../resample/image-region';
import type { ImageSize } from '../compare/pdq-hash';
import { jpegSize } from '../formats/jpeg-size';
import { resampleRegion } from '../resample/resample-region';
import type { RgbImage } from '../rgb-image';
import { openSharp } from './sharp-engine';

export interface RegionRequest {
  /** Called once with the upright image's size; a WinnowError that it throws is passed on. */
  readonly choose: ChooseRegion;
  /** Side of the result, pixels. */
  readonly size: number;
  readonly limits: ImageLimits;
  /** Memory for the result, which is used where that saves a copy; its bytes are lost in any case. */
  readonly into?: Uint8Array | undefined;
}

export interface DecodedRegion {
  readonly ok: true;
  /** RGB, [size, size, 3]: `into`, or memory of its own. */
  readonly data: Uint8Array;
}

/** From twice the result's size on, the JPEG decoder itself shrinks, which costs less than decoding everything. */
const SHRINKS_FROM = 2;

/**
 * Decodes one region of an image to size x size pixels, for views that are drawn anew in every epoch. Small images
 * are decoded whole and resampled as `resampleRegion` does. Of a region much larger than the result the decoder makes a
 * smaller image straight away; then it is cut after resizing, its edges are rounded to pixels of the result, and
 * no row below it is decoded.
 * Bounded as `boundedDecode` says.
 * @returns the region, or a refusal as `decodeImage` gives it
 * @throws WinnowError INTERRUPTED; what `choose` throws
 */
export function decodeRegion(
  bytes: Uint8Array,
  request: RegionRequest,
  signal?: AbortSignal,
): Promise<DecodedRegion | ImageRefusal> {
  const { choose, size, limits } = request;
  const argumentOf = ({ width, height }: ImageSize): ChosenRegion => ({
    region: choose(width, height),
    size,
    limits: limitsOf(limits),
  });
  const here = (file: Uint8Array): ReturnType<typeof chooseHere> => chooseHere(file, request);
  return boundedDecode(bytes, { limits, here, task: 'region', argumentOf, signal });
}

interface ChosenRegion extends Omit<RegionRequest, 'choose' | 'into'> {
  readonly region: ImageRegion;
}

/** `decodeRegion` of a region that is chosen already in this thread, however long it takes. */
export function regionHere(bytes: Uint8Array, { region, ...request }: ChosenRegion) {
  return chooseHere(bytes, { ...request, choose: () => region });
}

async function chooseHere(
  bytes: Uint8Array,
  { choose, size, limits, into }: RegionRequest,
): Promise<DecodedRegion | ImageRefusal> {
  const stated = jpegSize(bytes);
  if (stated === null) {
    const decoded = await decodeHere(bytes, limits);
    return decoded.ok ? resampled(decoded.image, choose, size) : decoded;
  }
  const refusal = checkDimensions(stated.width, stated.height, limits);
  if (refusal !== null) return refusal;
  if (endsTooEarly(bytes, 'jpeg')) return refuse('truncated', 'jpeg data ends too early');
  try {
    const plain = await openPlainJpeg(bytes);
    const isSmall = Math.min(stated.width, stated.height) < SHRINKS_FROM * size;
    if (isSmall && plain === null) return resampled(await decodeJpeg(bytes, limits), choose, size);
    const upright = plain ?? (await openSharp(bytes, limits.maxPixels).metadata()).autoOrient;
    const region = choose(upright.width, upright.height);
    if (Math.min(region.width, region.height) >= SHRINKS_FROM * size) {
      return { ok: true, data: await shrinkRegion(bytes, { upright, region, size }) };
    }
    const data = await plain?.decodeRegion(region, size, into);
    return data ? { ok: true, data } : resampled(await decodeJpeg(bytes, limits), () => region, size);
  } catch (error) {
    if (isWinnowError(error)) throw error;
    return classifyFailure(error, bytes, 'jpeg');
  }
}

function resampled(image: RgbImage, choose: ChooseRegion, size: number): DecodedRegion {
  return { ok: true, data: resampleRegion(image, choose(image.width, image.height), size) };
}

/** A JPEG has no alpha, and comes as sRGB unless told otherwise: the shortest way through the library. */
async function decodeJpeg(bytes: Uint8Array, limits: ImageLimits): Promise<RgbImage> {
  const { data, info } = await openSharp(bytes, limits.maxPixels)
    .autoOrient()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: toRgb(data, info.channels) };
}

interface Shrinking {
  readonly upright: { readonly width: number; readonly height: number };
  readonly region: ImageRegion;
  readonly size: number;
}

async function shrinkRegion(bytes: Uint8Array, { upright, region, size }: Shrinking): Promise<Uint8Array> {
  const width = Math.max(size, Math.round((upright.width * size) / region.width));
  const height = Math.max(size, Math.round((upright.height * size) / region.height));
  const { data, info } = await openSharp(bytes, false)
    .autoOrient()
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .extract({
      left: Math.min(width - size, Math.round((region.left * size) / region.width)),
      top: Math.min(height - size, Math.round((region.top * size) / region.height)),
      width: size,
      height: size,
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return toRgb(data, info.channels);
}
