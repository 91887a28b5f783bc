import type { JpegOptions } from 'sharp';
import { classifyFailure } from './classify-failure';
import { endsTooEarly } from './ends-too-early';
import { jpegOptions, PNG_OPTIONS } from './encode-image';
import { refuse } from './image-limits';
import type { ImageRefusal } from './image-limits';
import { squareFit } from './resize-rgb';
import type { ResizePolicy } from './resize-rgb';
import { openImage } from './sharp-engine';
import { sniffFormat } from './sniff-format';
import { isImageFormat } from './image-format';

export interface SquareOptions {
  /** Side, pixels. */
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
 * From a picture file to an encoded square in one go: upright, sRGB, alpha on white. A JPEG is decoded no larger than
 * the square needs. The same bytes and options give the same result.
 * @returns the file, or a refusal: `format_refused`, `truncated`, `too_many_pixels` or `decode_error`
 */
export async function makeSquare(bytes: Uint8Array, options: SquareOptions): Promise<EncodedSquare | ImageRefusal> {
  const from = sniffFormat(bytes);
  if (!isImageFormat(from)) return refuse('format_refused', from);
  if (endsTooEarly(bytes, from)) return refuse('truncated', `${from} data ends too early`);
  const square = openImage(bytes, options.maxPixels)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(squareFit(options.size, options.policy))
    .toColourspace('srgb');
  try {
    const encoder = options.format === 'png' ? square.png(PNG_OPTIONS) : square.jpeg(squareJpeg(options));
    return { ok: true, bytes: new Uint8Array(await encoder.toBuffer()) };
  } catch (error) {
    return classifyFailure(error, bytes, from);
  }
}

function squareJpeg({ size, quality }: SquareOptions): JpegOptions {
  return { ...jpegOptions(quality), optimiseCoding: size < OWN_TABLES_BELOW };
}
