/** A camera's progressive file has about ten. */
export const MAX_JPEG_SCANS = 100;

const FRAME_MARKERS_FROM = 0xc0;
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const NEEDLE = Buffer.of(0xff, START_OF_SCAN);

/** Scans of a JPEG: each one costs the decoder a pass over the whole image, however few bytes it has. */
export interface JpegScans {
  /** Never less than there are where that is certain; up to `MAX_JPEG_SCANS` profiles and previews may count. */
  readonly count: number;
  /** False where a decoder may read on otherwise from some place; up to there, `count` holds. */
  readonly isCertain: boolean;
}

/** Counts a JPEG's scans without decoding. */
export function countJpegScans(bytes: Uint8Array): JpegScans {
  const atMost = countNeedles(bytes);
  return atMost <= MAX_JPEG_SCANS ? { count: atMost, isCertain: true } : walkSegments(bytes);
}

/** A search in native code, which is enough for almost every file: no reader finds a scan without these two bytes. */
function countNeedles(bytes: Uint8Array): number {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = data.indexOf(NEEDLE); at >= 0 && count <= MAX_JPEG_SCANS; at = data.indexOf(NEEDLE, at + 2)) count += 1;
  return count;
}

/**
 * From marker to marker, over what a segment's length spans, to the end of the image. Ends where a decoder may not do
 * so: looking for a lost restart it leaves out markers without what their lengths span.
 */
function walkSegments(bytes: Uint8Array): JpegScans {
  let count = 0;
  let at = 2;
  let isInScan = false;
  while (at + 1 < bytes.length) {
    const marker = bytes[at + 1] as number;
    if (bytes[at] !== 0xff) {
      if (!isInScan) return { count, isCertain: false };
      at += 1;
    } else if (marker === 0xff) {
      at += 1;
    } else if (isInScan && (marker === 0 || isRestart(marker))) {
      at += 2;
    } else if (marker === END_OF_IMAGE) {
      break;
    } else {
      const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
      if (!hasLength(marker) || length < 2) return { count, isCertain: false };
      isInScan = marker === START_OF_SCAN;
      if (isInScan) count += 1;
      at += 2 + length;
    }
  }
  return { count, isCertain: true };
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/** Among those that have a meaning. */
function hasLength(marker: number): boolean {
  return marker >= FRAME_MARKERS_FROM && marker !== START_OF_IMAGE && !isRestart(marker);
}
