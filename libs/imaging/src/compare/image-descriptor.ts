import { isForOtherThread, jpegCodec } from '../codec/jpeg-codec';
import type { RgbImage } from '../rgb-image';
import { lumaSquare } from './luma-descriptor';
import { thumbnailOf } from './pixel-difference';

/** What is kept of a small image, so that it can be compared with others without being decoded again. */
export interface ImageDescriptor {
  /** Of `thumbnailOf`, RGB, [16, 16, 3]. */
  readonly thumbnail: Uint8Array;
  /** Of `lumaSquare`, [32, 32]. */
  readonly luma: Float32Array;
}

const THUMBNAIL_BYTES = 16 * 16 * 3;
const LUMA_VALUES = 32 * 32;
const FLOAT_BYTES = 4;
export const DESCRIPTOR_BYTES = THUMBNAIL_BYTES + LUMA_VALUES * FLOAT_BYTES;

/** The descriptor of a decoded image as it is stored: the thumbnail, then the luma as 32-bit floats, little-endian; 4,864 bytes. */
export function describeImage(image: RgbImage): Uint8Array {
  const bytes = new Uint8Array(DESCRIPTOR_BYTES);
  bytes.set(thumbnailOf(image));
  const view = new DataView(bytes.buffer, THUMBNAIL_BYTES);
  lumaSquare(image).forEach((value, at) => view.setFloat32(at * FLOAT_BYTES, value, true));
  return bytes;
}

/** `describeImage`, by the codec's code where that is there, to the same bytes. */
export async function descriptorOf(image: RgbImage): Promise<Uint8Array> {
  const codec = await jpegCodec();
  const bytes = new Uint8Array(DESCRIPTOR_BYTES);
  const written = await codec?.describe(image.data, bytes, image.width, isForOtherThread(image));
  // Without the codec, or memory for it.
  return written ? bytes : describeImage(image);
}

/** Reads what `describeImage` wrote; null for anything else. */
export function readDescriptor(bytes: Uint8Array): ImageDescriptor | null {
  if (bytes.length !== DESCRIPTOR_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + THUMBNAIL_BYTES);
  const luma = Float32Array.from({ length: LUMA_VALUES }, (_, at) => view.getFloat32(at * FLOAT_BYTES, true));
  // A Buffer's own slice would share, and keep, six times as many bytes.
  return { thumbnail: new Uint8Array(bytes.subarray(0, THUMBNAIL_BYTES)), luma };
}
