/** A camera's progressive file has about ten. */
export const MAX_JPEG_SCANS = 100;

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const NEEDLE = Buffer.of(0xff, START_OF_SCAN);

/**
 * Counts a JPEG's scans: each one costs the decoder a pass over the whole image, however few bytes it has.
 * @returns never less than there are; up to `MAX_JPEG_SCANS` it may count profiles and previews that look like scans
 */
export function countJpegScans(bytes: Uint8Array): number {
  const atMost = countNeedles(bytes);
  return atMost <= MAX_JPEG_SCANS ? atMost : walkSegments(bytes);
}

/** A search in native code, which is enough for almost every file. */
function countNeedles(bytes: Uint8Array): number {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = data.indexOf(NEEDLE); at >= 0 && count <= MAX_JPEG_SCANS; at = data.indexOf(NEEDLE, at + 2)) count += 1;
  return count;
}

/** As a decoder reads: from marker to marker, over what a segment's length spans, to the end of the image. */
function walkSegments(bytes: Uint8Array): number {
  let count = 0;
  let at = 2;
  while (at + 1 < bytes.length) {
    const marker = bytes[at + 1] as number;
    if (bytes[at] !== 0xff || marker === 0 || marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === END_OF_IMAGE) break;
    if (marker === START_OF_SCAN) count += 1;
    at += hasLength(marker) ? 2 + Math.max(2, ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) : 2;
  }
  return count;
}

/** All but TEM, restarts and the start of an image. */
function hasLength(marker: number): boolean {
  return marker !== 0x01 && !(marker >= 0xd0 && marker <= 0xd8);
}
