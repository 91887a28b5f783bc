/** One result of a search engine, as its parser read it; everything but the image URL may be unknown. */
export interface EngineHit {
  /** Absolute http(s) URL of the image. */
  readonly imageUrl: string;
  readonly pageUrl?: string;
  readonly thumbUrl?: string;
  readonly title?: string;
  readonly width?: number;
  readonly height?: number;
  readonly mime?: string;
  /** Size of the file, bytes. */
  readonly bytes?: number;
  /** Hex digests that the engine states for the file. */
  readonly sha1?: string;
  readonly md5?: string;
  readonly license?: string;
  readonly licenseUrl?: string;
  readonly creator?: string;
  readonly attribution?: string;
  /** Other addresses of the same image, by the engine's own account. */
  readonly engineDups?: readonly string[];
}

/** A hit with the query that found it. `className` is the (noisy) label. */
export interface Hit extends EngineHit {
  readonly engine: string;
  /** Of the parser that read the answer. */
  readonly engineVersion: string;
  readonly className: string;
  readonly query: string;
  /** What the query asked for besides its text, such as `size=large`; empty for the plain query. */
  readonly variant: string;
  /** From 1. */
  readonly page: number;
  /** Place within the page, from 1. */
  readonly rank: number;
  /** sha256 of the engine's response, which is kept under `.winnow/answers`. */
  readonly rawRef?: string;
}
