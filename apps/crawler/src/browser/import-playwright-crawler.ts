import type { PlaywrightCrawler } from '@crawlee/playwright';
import type { chromium } from 'playwright';

/** What runs a browser; loaded when the first engine asks for one. */
export interface BrowserLibraries {
  readonly PlaywrightCrawler: typeof PlaywrightCrawler;
  readonly chromium: typeof chromium;
}

/**
 * Loads Crawlee's PlaywrightCrawler without what it does while it is loaded: it starts a forward proxy without a
 * password on every interface of the machine, for a purpose that we have none of.
 */
export async function importPlaywrightCrawler(): Promise<BrowserLibraries> {
  const { Server } = await import('proxy-chain');
  Server.prototype.listen = () => Promise.resolve();
  const [{ PlaywrightCrawler }, { chromium }] = await Promise.all([
    import('@crawlee/playwright'),
    import('playwright'),
  ]);
  return { PlaywrightCrawler, chromium };
}
