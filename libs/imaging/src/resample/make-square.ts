import type { JpegOptions } from 'sharp';
import { boundedDecode } from '../decode/bounded-decode';
import { classifyFailure } from '../decode/classify-failure';
import { jpegOptions, PNG_OPTIONS } from './encode-image';
import { refuse } from '../decode/image-limits';
import type { ImageRefusal } from '../decode/image-limits';
import { openPlainJpeg } from '../codec/jpeg-codec';
import type { SquarePlan } from '../codec/jpeg-codec';
import type { ImageSize } from '../compare/pdq-hash';
import { planResize } from '../codec/resize-plan';
import { cutToKeep, FITS, fitTo, isTooLong } from './resize-rgb';
import type { ResizePolicy } from '@winnow/contracts';
import { openImage } from '../decode/open-image';
import { sniffFormat } from '../formats/sniff-format';
import { isImageFormat } from '../formats/image-format';

export interface SquareOptions {
  /** Side, or of `keep` the shorter side, pixels. */
  readonly size: number;
  readonly policy: ResizePolicy;
  readonly format: 'jpeg' | 'png';
  /** Of JPEG, 1..100. */
  readonly quality: number;
  /** Width times height; a larger original is refused. */
  readonly maxPixels: number;
}

/** Tables made to measure save a fifth of a small file; of a larger one a twentieth, for an eighth of all the work. */
const OWN_TABLES_BELOW = 128;

export interface EncodedSquare {
  readonly ok: true;
  readonly bytes: Uint8Array;
}

/**
 * From an image file to an encoded square, or to what the policy `keep` gives, in one go: upright, sRGB, alpha on
 * white; smaller images are enlarged. A JPEG is decoded no larger than needed. The same bytes and options give the same result.
 * Bounded as `boundedDecode` says.
 * @returns the file, or a refusal: `format_refused`, `truncated`, `too_many_pixels` or `decode_error`
 * @throws WinnowError INTERRUPTED
 */
export function makeSquare(
  bytes: Uint8Array,
  options: SquareOptions,
  signal?: AbortSignal,
): Promise<EncodedSquare | ImageRefusal> {
  const limits = { maxPixels: options.maxPixels, minSide: 1, maxAspectRatio: Infinity };
  const here = (file: Uint8Array): ReturnType<typeof squareHere> => squareHere(file, options);
  return boundedDecode(bytes, { limits, here, task: 'square', argumentOf: () => options, signal });
}

/** `makeSquare` in this thread, however long it takes. */
export async function squareHere(bytes: Uint8Array, options: SquareOptions): Promise<EncodedSquare | ImageRefusal> {
  const from = sniffFormat(bytes);
  if (!isImageFormat(from)) return refuse('format_refused', from);
  try {
    const plain = await squarePlainJpeg(bytes, options);
    if (plain !== null) return { ok: true, bytes: plain };
    const opened = openImage(bytes, from, options.maxPixels);
    if (!opened.ok) return opened;
    const { image } = opened;
    const upright = image.autoOrient().flatten({ background: '#ffffff' });
    const part = options.policy === 'keep' ? cutToKeep(upright, (await image.metadata()).autoOrient) : upright;
    const square = part.resize(fitTo(options.size, options.policy)).toColourspace('srgb');
    const encoder = options.format === 'png' ? square.png(PNG_OPTIONS) : square.jpeg(squareJpeg(options));
    return { ok: true, bytes: new Uint8Array(await encoder.toBuffer()) };
  } catch (error) {
    return classifyFailure(error, bytes, from);
  }
}

/** By the codec, to the bytes that sharp gives; null where it is not there or does not vouch for them. */
async function squarePlainJpeg(bytes: Uint8Array, options: SquareOptions): Promise<Uint8Array | null> {
  const plain = options.format === 'jpeg' ? await openPlainJpeg(bytes) : null;
  const square = plain && planSquare(plain, options);
  return square && plain.resizeToJpeg(square.plan, square.encoding);
}

/** How the codec makes it of a plain JPEG; null for what sharp makes, or refuses. */
export function planSquare(
  image: ImageSize,
  { size, policy, format, quality, maxPixels }: SquareOptions,
): SquarePlan | null {
  const fit = FITS[policy];
  if (format !== 'jpeg' || policy === 'attention' || fit === 'contain') return null;
  if (image.width * image.height > maxPixels || (policy === 'keep' && isTooLong(image))) return null;
  const plan = planResize(image, { width: size, height: size }, { fit, kernel: 'lanczos3' });
  return plan && { plan, encoding: { quality, hasOwnTables: size < OWN_TABLES_BELOW } };
}

function squareJpeg({ size, quality }: SquareOptions): JpegOptions {
  return { ...jpegOptions(quality), optimiseCoding: size < OWN_TABLES_BELOW };
}
