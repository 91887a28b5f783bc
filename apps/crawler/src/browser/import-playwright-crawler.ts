import type * as Crawlee from '@crawlee/playwright';
import type { chromium } from 'playwright';

/** What runs a browser; loaded when the first engine asks for one. */
export type BrowserLibraries = Pick<typeof Crawlee, 'Configuration' | 'log' | 'LogLevel' | 'PlaywrightCrawler'> & {
  readonly chromium: typeof chromium;
};

/**
 * Loads Crawlee's PlaywrightCrawler without what it does while it is loaded: it starts a forward proxy without a
 * password on every interface of the machine, for a purpose that we have none of.
 */
export async function importPlaywrightCrawler(): Promise<BrowserLibraries> {
  const { Server } = await import('proxy-chain');
  Server.prototype.listen = () => Promise.resolve();
  const [{ Configuration, log, LogLevel, PlaywrightCrawler }, { chromium }] = await Promise.all([
    import('@crawlee/playwright'),
    import('playwright'),
  ]);
  return { Configuration, log, LogLevel, PlaywrightCrawler, chromium };
}
