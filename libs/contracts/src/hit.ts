/** One result of a search engine, as its parser read it; everything but the image URL may be unknown. */
export interface EngineHit {
  /** Absolute http(s) URL of the picture. */
  readonly imageUrl: string;
  readonly pageUrl?: string;
  readonly thumbUrl?: string;
  readonly title?: string;
  readonly width?: number;
  readonly height?: number;
  readonly mime?: string;
  readonly sizeBytes?: number;
  /** Hex digests that the engine states for the file. */
  readonly sha1?: string;
  readonly md5?: string;
  readonly license?: string;
  readonly licenseUrl?: string;
  readonly creator?: string;
  readonly attribution?: string;
}

/** A hit with the query that found it. `className` is the (noisy) label. */
export interface Hit extends EngineHit {
  readonly engine: string;
  readonly className: string;
  readonly query: string;
  /** From 1. */
  readonly page: number;
  /** Place within the page, from 1. */
  readonly rank: number;
}
