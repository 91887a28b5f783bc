/** What one request may cost. */
export interface HttpLimits {
  /** Of the decoded body. */
  readonly maxBytes: number;
  readonly connectTimeoutMillis: number;
  /** From the request to the answer's headers, connecting included. */
  readonly firstByteTimeoutMillis: number;
  /** Of one request, body included. */
  readonly totalTimeoutMillis: number;
  /** Least speed of a body, over every window after the first. */
  readonly minBytesPerSecond: number;
  readonly speedWindowMillis: number;
  readonly maxRedirects: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxBytes: 20_000_000,
  connectTimeoutMillis: 10_000,
  firstByteTimeoutMillis: 20_000,
  totalTimeoutMillis: 120_000,
  minBytesPerSecond: 1024,
  speedWindowMillis: 5000,
  maxRedirects: 5,
};
