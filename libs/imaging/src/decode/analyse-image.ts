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
import { descriptorOf } from '../compare/image-descriptor';
import { lumaFigures } from '../compare/luma-figures';
import type { ImageFormat } from '../formats/image-format';
import { openImage } from './open-image';
import type { ImageSize } from '../compare/pdq-hash';
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

/** `analyseImage` in this thread, however long it takes. */
export async function analyseHere(bytes: Uint8Array, limits: ImageLimits): Promise<ImageAnalysis | ImageRefusal> {
  const header = await inspectHere(bytes, limits);
  if (!header.ok) return header;
  try {
    const isWhole = Math.max(header.width, header.height) <= COPY_SIDE;
    const copy = (await plainCopy(bytes, isWhole)) ?? (await smallCopy(bytes, header.format, limits));
    if ('ok' in copy) return copy;
    const { pdq, measures } = await lumaFigures(copy, header);
    const pixelSha256 = digestOf(copy, header);
    return {
      ...{ ...header, pixelSha256, pdq: pdq.hash, pdqQuality: pdq.quality, measures },
      descriptor: isWhole ? await descriptorOf(copy) : null,
    };
  } catch (error) {
    return classifyFailure(error, bytes, header.format);
  }
}

/** As `smallCopy`, to the same pixels, by the codec; null where it is not there or does not vouch for them. */
async function plainCopy(bytes: Uint8Array, isWhole: boolean): Promise<RgbImage | null> {
  const plain = await openPlainJpeg(bytes);
  if (plain === null) return null;
  if (isWhole) return plain.decode();
  const plan = planResize(plain, { width: COPY_SIDE, height: COPY_SIDE }, { fit: 'inside', kernel: 'linear' });
  return plan && plain.resize(plan);
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

function digestOf({ width, height, data }: RgbImage, full: ImageSize): string {
  return createHash('sha256')
    .update(`rgb8 ${full.width}x${full.height} as ${width}x${height}\n`)
    .update(data)
    .digest('hex');
}
