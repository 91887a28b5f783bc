import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { checkInstalled, defaultCacheDir } from '@winnow/files/native';
import { ADD_ON_NAME, codecDir } from './codec-release';
import type { ImageSize } from '../compare/pdq-hash';
import type { ImageRegion } from '../resample/image-region';
import type { ResizeKernel, ResizePlan } from './resize-plan';
import type { RgbImage } from '../rgb-image';
import { triangleTaps } from '../resample/triangle-taps';

/** native/jpeg_codec.cc */
export interface JpegCodec {
  plainSize(file: Uint8Array): number;
  decode(file: Uint8Array, rgb: Uint8Array, denominator: number, isLater: boolean): Written;
  decodeRegion(
    ...args: readonly [file: Uint8Array, rgb: Uint8Array, region: Int32Array, ...Int32Array[], isLater: boolean]
  ): Written;
  resample(...args: readonly [rgb: Uint8Array, result: Uint8Array, region: Int32Array, ...Int32Array[]]): number;
  lookUp(rgb: Uint8Array, tables: Float32Array, result: Float32Array): number;
  resize(file: Uint8Array, result: Uint8Array, shrink: Float64Array, plan: Int32Array, isLater: boolean): Written;
  encode(rgb: Uint8Array, result: Uint8Array, numbers: Int32Array, isLater: boolean): Written;
  describe(rgb: Uint8Array, result: Uint8Array, width: number, isLater: boolean): Written;
  lumaFigures(
    ...args: readonly [rgb: Uint8Array, width: number, ...LumaTaps, result: Float64Array, isLater: boolean]
  ): Written;
  analyse(
    ...args: readonly [
      ...[file: Uint8Array, result: Uint8Array, prefix: Uint8Array, shrink: Float64Array, plan: Int32Array],
      ...LumaTaps,
      ...[square: Uint8Array, squareShrink: Float64Array, squarePlan: Int32Array, squareLength: Int32Array],
      isLater: boolean,
    ]
  ): Written;
}

/** `CellTaps` of an image's lines and columns, and the DCT, for PDQ. */
export type LumaTaps = readonly [
  ...[first: Int32Array, starts: Int32Array, weights: Float64Array],
  ...[rowFirst: Int32Array, rowStarts: Int32Array, rowWeights: Float64Array],
  dct: Float64Array,
];

/** As native/luma_figures.h has them: coefficients [16, 16], steps, histogram [256], three sums over edges. */
export const LUMA_FIGURES = 16 * 16 + 1 + 256 + 3;
const SHA256_BYTES = 32;

/** Bytes of the result, 0 for what is left to sharp or JavaScript. */
type Written = number | Promise<number>;

/** The numbers of `Kernel` in native/kernel_resize.h. */
const KERNELS = { lanczos3: 0, linear: 1 } as const satisfies Record<ResizeKernel, number>;

/**
 * A JPEG that needs nothing but decoding: 8 bits, grey or three components, no colour profile, upright. It is decoded by
 * libjpeg-turbo, in a fifth of the time that sharp takes for a small image, to the very same pixels; wherever
 * it does not vouch for that, for a mere warning too, it gives null, and sharp decides.
 */
export interface PlainJpeg extends ImageSize {
  /** All pixels. @param denominator 1, 2, 4 or 8: of a smaller image, sides rounded up */
  decode(denominator?: number): Promise<RgbImage | null>;
  /**
   * A region as `resampleRegion` makes it of all pixels: RGB, [side, side, 3].
   * @param region within the image
   * @param into where to, if not into new memory
   */
  decodeRegion(region: ImageRegion, side: number, into?: Uint8Array): Promise<Uint8Array | null>;
  /** What sharp makes of the plan, encoded to the same bytes, with full colour resolution. @param plan of this file's size */
  resizeToJpeg(plan: ResizePlan, encoding: JpegEncoding): Promise<Uint8Array | null>;
  /**
   * Measures what the plan makes, in one call, and makes what `resizeToJpeg` does of the same decoded pixels.
   * @param taps of what the plan makes
   * @param descriptorBytes 0: without
   */
  analyse(plan: ResizePlan, asked: AnalysisRequest): Promise<AnalysedPixels | null>;
}

/** A plan, and how its pixels are encoded. */
export interface SquarePlan {
  readonly plan: ResizePlan;
  readonly encoding: JpegEncoding;
}

interface AnalysisRequest {
  readonly prefix: Uint8Array;
  readonly taps: LumaTaps;
  readonly descriptorBytes: number;
  /** Of the same denominator; null: none. */
  readonly square: SquarePlan | null;
}

interface AnalysedPixels {
  /** [516], as `lumaFigures` of the codec gives them. */
  readonly figures: Float64Array;
  /** Digest of the prefix and the pixels, RGB. */
  readonly sha256: Uint8Array;
  /** As `describeImage` has it; null where it was not asked for. */
  readonly descriptor: Uint8Array | null;
  /** Null where it was not asked for, or is left to sharp. */
  readonly square: Uint8Array | null;
}

/** Baseline, no metadata. */
export interface JpegEncoding {
  /** 1..100 */
  readonly quality: number;
  /** Tables of codes made to measure. */
  readonly hasOwnTables: boolean;
}

/** Longest side of a JPEG, pixels. */
const MAX_SIDE = 65_500;
/** Six bytes a pixel; sharp needs none for what may come of them. */
const MAX_ROOM_BYTES = 1 << 30;

/** Smaller ones are decoded in less time than it takes to hand them to another thread. */
const MIN_PIXELS_LATER = 128 * 128;

let loading: Promise<JpegCodec | null> | undefined;

/** The add-on; null where it is not in the cache, may have been changed, or WINNOW_JPEG_CODEC is `off`. */
export function jpegCodec(): Promise<JpegCodec | null> {
  loading ??= load();
  return loading;
}

/** Other threads are there to compute; the main one is not kept from its events. */
export function isForOtherThread({ width, height }: ImageSize): boolean {
  return isMainThread && width * height >= MIN_PIXELS_LATER;
}

/**
 * Opens a file by its header, in microseconds; limits are the caller's to check.
 * @returns null for all that is no plain JPEG, and where there is no codec
 */
export async function openPlainJpeg(bytes: Uint8Array): Promise<PlainJpeg | null> {
  const addOn = await jpegCodec();
  const both = addOn?.plainSize(bytes) ?? 0;
  return addOn === null || both === 0
    ? null
    : opened(addOn, bytes, { width: Math.floor(both / 65_536), height: both % 65_536 });
}

/**
 * A file of pixels, the bytes that sharp gives.
 * @param isHalved colour at half of the resolution along both axes
 * @returns null where there is no codec or not so much memory, and for what sharp is to judge: images that no JPEG holds, other
 *   lengths, and qualities between two
 */
export async function encodePlainJpeg(
  { width, height, data }: RgbImage,
  { quality, hasOwnTables, isHalved }: JpegEncoding & { readonly isHalved: boolean },
): Promise<Uint8Array | null> {
  const addOn = await jpegCodec();
  const isJpeg = Math.min(width, height) >= 1 && Math.max(width, height) <= MAX_SIDE && Number.isInteger(quality);
  const roomBytes = encodedBytes({ width, height });
  if (addOn === null || !isJpeg || data.length !== width * height * 3 || roomBytes > MAX_ROOM_BYTES) return null;
  const room = bytesOf(roomBytes);
  const numbers = Int32Array.of(width, height, quality, hasOwnTables ? 1 : 0, isHalved ? 1 : 0);
  const written = await addOn.encode(data, room, numbers, isForOtherThread({ width, height }));
  return written > 0 ? room.slice(0, written) : null;
}

/** For specs and measurements: sharp decodes everything in this thread, or the codec of the cache does again. */
export function useJpegCodec(isOn: boolean): void {
  loading = isOn ? undefined : Promise.resolve(null);
}

async function load(): Promise<JpegCodec | null> {
  if (process.env['WINNOW_JPEG_CODEC'] === 'off') return null;
  const cacheDir = defaultCacheDir(process.env);
  try {
    const folder = codecDir(cacheDir);
    await checkInstalled({ folder, cacheDir });
    return createRequire(__filename)(join(folder, ADD_ON_NAME)) as JpegCodec;
  } catch {
    // `winnow doctor` says why.
    return null;
  }
}

function opened(addOn: JpegCodec, bytes: Uint8Array, size: ImageSize): PlainJpeg {
  const isLater = isForOtherThread(size);
  return {
    ...size,
    async decode(denominator = 1) {
      const [width, height] = [Math.ceil(size.width / denominator), Math.ceil(size.height / denominator)];
      const data = bytesOf(width * height * 3);
      return (await addOn.decode(bytes, data, denominator, isLater)) ? { width, height, data } : null;
    },
    async decodeRegion({ left, top, width, height }, side, into) {
      const data = into ?? bytesOf(side * side * 3);
      const region = Int32Array.of(left, top, width, height, side);
      const [columns, lines] = [triangleTaps(width, side), triangleTaps(height, side)];
      const taps = [columns, lines].flatMap(({ first, starts, weights }) => [first, starts, weights]);
      return (await addOn.decodeRegion(bytes, data, region, ...taps, isLater)) ? data : null;
    },
    async resizeToJpeg(plan, encoding) {
      const room = bytesOf(encodedBytes(plan.part));
      const written = await addOn.resize(
        bytes,
        room,
        Float64Array.from(plan.shrink),
        numbersOf(plan, encoding),
        isLater,
      );
      return written > 0 ? room.slice(0, written) : null;
    },
    async analyse(plan, { prefix, taps, descriptorBytes, square }) {
      const figureBytes = LUMA_FIGURES * Float64Array.BYTES_PER_ELEMENT;
      const room = new Uint8Array(figureBytes + SHA256_BYTES + descriptorBytes);
      const [ofCopy, copyNumbers] = [Float64Array.from(plan.shrink), numbersOf(plan)];
      const squareRoom = bytesOf(square === null ? 0 : encodedBytes(square.plan.part));
      const squareLength = new Int32Array(1);
      const squareArguments =
        square === null
          ? ([squareRoom, ofCopy, copyNumbers] as const)
          : ([squareRoom, Float64Array.from(square.plan.shrink), numbersOf(square.plan, square.encoding)] as const);
      const asked = [bytes, room, prefix, ofCopy, copyNumbers, ...taps, ...squareArguments, squareLength] as const;
      if (!(await addOn.analyse(...asked, isLater))) return null;
      const [squareBytes = 0] = squareLength;
      return {
        square: squareBytes > 0 ? squareRoom.slice(0, squareBytes) : null,
        figures: new Float64Array(room.buffer, 0, LUMA_FIGURES),
        sha256: room.subarray(figureBytes, figureBytes + SHA256_BYTES),
        descriptor: descriptorBytes > 0 ? room.slice(-descriptorBytes) : null,
      };
    },
  };
}

/** As native/jpeg_codec.cc reads them. */
function numbersOf({ denominator, kernel, decoded, part }: ResizePlan, encoding?: JpegEncoding): Int32Array {
  return Int32Array.of(
    ...[denominator, KERNELS[kernel], decoded.width, decoded.height],
    ...[part.left, part.top, part.width, part.height],
    ...[encoding?.quality ?? 0, encoding?.hasOwnTables === true ? 1 : 0],
  );
}

/** What libjpeg-turbo wants for the largest file that may come of it, at either resolution of colour. */
function encodedBytes({ width, height }: ImageSize): number {
  const blocks = 4 * Math.ceil(width / 16) * Math.ceil(height / 16);
  return blocks * 64 * 6 + 2048;
}

/** Not set to zero, and nobody else's memory. */
function bytesOf(length: number): Uint8Array {
  const { buffer } = Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer, 0, length);
}
