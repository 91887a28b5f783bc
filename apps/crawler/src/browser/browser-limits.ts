/** What one page in the browser may cost. */
export interface BrowserLimits {
  /** From the answer to the request for the page to the finished page, the start of the browser included. */
  readonly totalTimeoutMillis: number;
  /** How long scripts may go on asking for more once the page is there; then it is taken as it is. */
  readonly settleTimeoutMillis: number;
  /** Requests of the page's scripts, all together. */
  readonly maxParts: number;
  /** Memory of the page's scripts. */
  readonly maxScriptMegabytes: number;
}

export const DEFAULT_BROWSER_LIMITS: BrowserLimits = {
  totalTimeoutMillis: 60_000,
  settleTimeoutMillis: 10_000,
  maxParts: 60,
  maxScriptMegabytes: 512,
};
