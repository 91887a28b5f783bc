import { createHash } from 'node:crypto';
import type { ImageMeasures } from '@winnow/contracts';
import { openPlainJpeg } from '../codec/jpeg-codec';
import { planResize } from '../codec/resize-plan';
import { boundedDecode } from './bounded-decode';
import { classifyFailure } from './classify-failure';
import { toRgb } from './decode-image';
import { limitsOf } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';
import { inspectHere } from './inspect-image';
import type { ImageHeader } from './inspect-image';
import { DESCRIPTOR_BYTES, descriptorOf } from '../compare/image-descriptor';
import { lumaFigures, lumaFiguresOf, lumaTaps } from '../compare/luma-figures';
import type { LumaFigures } from '../compare/luma-figures';
import type { ImageFormat } from '../formats/image-format';
import { openImage } from './open-image';
import type { ImageSize } from '../compare/pdq-hash';
import { makeSquare, planSquare } from '../resample/make-square';
import type { SquareOptions } from '../resample/make-square';
import type { RgbImage } from '../rgb-image';

/** Longer side, pixels, of the copy that digest and hash are made of: moves a PDQ of quality by a few bits of 256. */
const COPY_SIDE = 256;

/** All that is stored of an image beside its bytes. */
export interface ImageAnalysis extends ImageHeader {
  /** Digest of what it shows, 64 hex digits: see `analyseImage`. */
  readonly pixelSha256: string;
  /** PDQ, 64 hex digits. */
  readonly pdq: string;
  /** 0..100 */
  readonly pdqQuality: number;
  readonly measures: ImageMeasures;
  /** Of `describeImage`, of an image of at most 256 x 256 pixels: the others are not decoded whole. Null for these. */
  readonly descriptor: Uint8Array | null;
}

/**
 * Checks that untrusted bytes decode to their end, and measures the image, in one decode: a JPEG is decoded no larger
 * than needed, which still reads all of its data. `pixelSha256` covers the full size and a copy of at most 256 x 256
 * pixels (upright, sRGB, on white), so it stays the same where only metadata change.
 * Bounded as `boundedDecode` says.
 * @returns the facts, or a refusal as `decodeImage` gives it
 * @throws WinnowError INTERRUPTED
 */
export function analyseImage(
  bytes: Uint8Array,
  limits: ImageLimits,
  signal?: AbortSignal,
): Promise<ImageAnalysis | ImageRefusal> {
  const here = (file: Uint8Array): ReturnType<typeof analyseHere> => analyseHere(file, limits);
  return boundedDecode(bytes, { limits, here, task: 'analyse', argumentOf: () => limitsOf(limits), signal });
}

/** `analyseImage`, and what `makeSquare` makes. */
export interface SquaredAnalysis extends ImageAnalysis {
  /** Null where that is refused, which is rare after all has been decoded. */
  readonly square: Uint8Array | null;
}

/** As `analyseImage`; most often in one decode, too. @param options of the square */
export async function analyseAndSquare(
  bytes: Uint8Array,
  { limits, options, signal }: SquareRequest,
): Promise<SquaredAnalysis | ImageRefusal> {
  const here = (file: Uint8Array): ReturnType<typeof analyseHere> => analyseHere(file, limits, options);
  const decode = { limits, here, task: 'analyse', argumentOf: () => limitsOf(limits), signal } as const;
  const found = await boundedDecode(bytes, decode);
  if (!found.ok) return found;
  if (found.square) return { ...found, square: found.square };
  const made = await makeSquare(bytes, options, signal);
  return { ...found, square: made.ok ? made.bytes : null };
}

interface SquareRequest {
  readonly limits: ImageLimits;
  readonly options: SquareOptions;
  readonly signal?: AbortSignal;
}

/** A square that took no decode of its own. */
interface MadeBeside {
  readonly square?: Uint8Array;
}

/** `analyseImage` in this thread, however long it takes. @param wanted made beside, where that takes no other decode */
export async function analyseHere(
  bytes: Uint8Array,
  limits: ImageLimits,
  wanted?: SquareOptions,
): Promise<(ImageAnalysis & MadeBeside) | ImageRefusal> {
  const header = await inspectHere(bytes, limits);
  if (!header.ok) return header;
  try {
    const found = (await analysePlain(bytes, header, wanted)) ?? (await analyseCopy(bytes, header, limits));
    return 'ok' in found ? found : { ...header, ...found };
  } catch (error) {
    return classifyFailure(error, bytes, header.format);
  }
}

type PixelFacts = Omit<ImageAnalysis, keyof ImageHeader>;

/** By the codec in one call, to the same facts as `analyseCopy`; null where it is not there or does not vouch for them. */
async function analysePlain(
  bytes: Uint8Array,
  header: ImageHeader,
  wanted: SquareOptions | undefined,
): Promise<(PixelFacts & MadeBeside) | null> {
  const plain = await openPlainJpeg(bytes);
  const plan = plain && planResize(plain, { width: COPY_SIDE, height: COPY_SIDE }, { fit: 'inside', kernel: 'linear' });
  const taps = plan && lumaTaps(plan.part, header);
  if (!taps) return null;
  const prefix = Buffer.from(digestPrefix(plan.part, header));
  const square = wanted === undefined ? null : planSquare(plain, wanted);
  const found = await plain.analyse(plan, {
    prefix,
    taps,
    descriptorBytes: isDescribed(header) ? DESCRIPTOR_BYTES : 0,
    square: square?.plan.denominator === plan.denominator ? square : null,
  });
  return (
    found && {
      pixelSha256: Buffer.from(found.sha256).toString('hex'),
      ...storedFigures(lumaFiguresOf(plan.part, found.figures)),
      descriptor: found.descriptor,
      ...(found.square && { square: found.square }),
    }
  );
}

async function analyseCopy(
  bytes: Uint8Array,
  header: ImageHeader,
  limits: ImageLimits,
): Promise<PixelFacts | ImageRefusal> {
  const copy = await smallCopy(bytes, header.format, limits);
  if ('ok' in copy) return copy;
  const pixelSha256 = createHash('sha256').update(digestPrefix(copy, header)).update(copy.data).digest('hex');
  const figures = storedFigures(await lumaFigures(copy, header));
  return { pixelSha256, ...figures, descriptor: isDescribed(header) ? await descriptorOf(copy) : null };
}

function storedFigures({ pdq, measures }: LumaFigures): Pick<PixelFacts, 'pdq' | 'pdqQuality' | 'measures'> {
  return { pdq: pdq.hash, pdqQuality: pdq.quality, measures };
}

/** Its copy is the image itself. */
function isDescribed({ width, height }: ImageSize): boolean {
  return Math.max(width, height) <= COPY_SIDE;
}

async function smallCopy(
  bytes: Uint8Array,
  format: ImageFormat,
  limits: ImageLimits,
): Promise<RgbImage | ImageRefusal> {
  const opened = openImage(bytes, format, limits.maxPixels);
  if (!opened.ok) return opened;
  const { data, info } = await opened.image
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(COPY_SIDE, COPY_SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: toRgb(data, info.channels) };
}

/** What `pixelSha256` covers before the pixels of the copy. */
function digestPrefix(copy: ImageSize, full: ImageSize): string {
  return `rgb8 ${full.width}x${full.height} as ${copy.width}x${copy.height}\n`;
}
