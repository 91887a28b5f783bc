import type { ImageFlag } from '../image-flag';

/** What a shard keeps beside an image (`key.json`): label, digests and where it came from. */
export interface SampleRecord {
  readonly key: string;
  readonly className: string;
  /** Index of className in the project's class list. */
  readonly label: number;
  readonly width: number;
  readonly height: number;
  /** Digest of the original file, hex. */
  readonly sha256: string;
  /** Digest of what the image shows: full size, and RGB of an upright copy of at most 256 x 256 pixels; hex. */
  readonly pixelSha256: string;
  /** 256-bit PDQ hash, 64 hex digits. */
  readonly pdq: string;
  /** 0..100 */
  readonly pdqQuality: number;
  /** What screens found, in the order of IMAGE_FLAGS; left out where that is nothing. */
  readonly flags?: readonly ImageFlag[];
  /** The shard holds the very bytes that were imported: nothing was resized, screened or deduplicated. */
  readonly unchanged?: true;
  /** The class under which it was collected, where a corrected label took its place (`build.labels`). */
  readonly givenClass?: string;
  /** Other classes under which a copy of this image was found. */
  readonly conflicts: readonly string[];
  /** Number of copies (itself included) that the duplicate cluster holds. */
  readonly copies: number;
  readonly provenance: readonly Provenance[];
}

/** One way in which an image was found. */
export interface Provenance {
  readonly engine: string;
  readonly query: string;
  readonly className: string;
  readonly page: number;
  readonly rank: number;
  readonly imageUrl: string;
  readonly pageUrl: string | null;
  readonly title: string | null;
  readonly license: string | null;
  readonly licenseUrl: string | null;
  readonly creator: string | null;
}
