import type { PlaywrightCrawlerOptions } from '@crawlee/playwright';
import type { Page } from 'playwright';
import { httpFailure } from '../http/http-result';
import type { HttpResponse, HttpResult } from '../http/http-result';
import { importPlaywrightCrawler } from './import-playwright-crawler';
import { PageTraffic } from './page-traffic';
import type { PageTrafficOptions } from './page-traffic';
import { SEALED_PROXY, sealedLauncher } from './sealed-launcher';
import type { SealedLaunch } from './sealed-launcher';

export interface RenderOptions extends SealedLaunch {
  readonly first: HttpResponse;
  /** Of the finished page. */
  readonly maxBytes: number;
  readonly get: PageTrafficOptions['get'];
}

const A_DAY_SECS = 86_400;

/**
 * Shows one page in a Chromium of its own, lets its scripts run, and returns what they made of it. When it returns,
 * the browser has ended.
 */
export async function renderPage(options: RenderOptions): Promise<HttpResult> {
  const { Configuration, log, LogLevel, PlaywrightCrawler, chromium } = await importPlaywrightCrawler();
  const browser = sealedLauncher(chromium, options);
  const traffic = new PageTraffic({ first: options.first, maxParts: options.limits.maxParts, get: options.get });
  let result: HttpResult = httpFailure('network_error', 'the browser did not show the page');
  log.setLevel(LogLevel.OFF);
  const crawler = new PlaywrightCrawler(
    {
      ...crawlerOptions(options),
      launchContext: { launcher: browser.launcher, userAgent: options.userAgent, useIncognitoPages: true },
      preNavigationHooks: [
        async ({ page }, gotoOptions) => {
          // A page that tries to leave for another site is stopped there, and never says that it is complete.
          gotoOptions.waitUntil = 'commit';
          await traffic.attach(page);
        },
      ],
      async requestHandler({ page }) {
        // Scripts that never stop asking are not waited for.
        await page
          .waitForLoadState('networkidle', { timeout: options.limits.settleTimeoutMillis })
          .catch(() => undefined);
        const html = await readDocument(page, options.maxBytes);
        const body = Buffer.from(html ?? '', 'utf8');
        result =
          html === undefined || body.length > options.maxBytes
            ? httpFailure('too_large', `page is longer than ${options.maxBytes} bytes`)
            : { ...traffic.document, body };
      },
      failedRequestHandler(_context, error) {
        result = httpFailure('network_error', `browser: ${error.message.split('\n', 1).join('')}`);
      },
    },
    new Configuration({
      // In memory, and each page has its own.
      persistStorage: false,
      // An environment variable would win over the line above, not over this one.
      storageClientOptions: { persistStorage: false },
      purgeOnStart: false,
      // Else Crawlee would ask the system for its memory by starting processes.
      memoryMbytes: 4096,
      systemInfoIntervalMillis: 3_600_000,
    }),
  );
  const stop = (): void => void browser.close();
  options.signal.addEventListener('abort', stop);
  try {
    await crawler.run([options.first.finalUrl]);
  } finally {
    options.signal.removeEventListener('abort', stop);
    await browser.close();
  }
  return result;
}

/** One page, once, without what Crawlee does to look like a person. */
function crawlerOptions({ userAgent, limits }: RenderOptions): PlaywrightCrawlerOptions {
  return {
    maxRequestRetries: 0,
    useSessionPool: false,
    retryOnBlocked: false,
    // The time limit of the whole is kept by whoever aborts.
    navigationTimeoutSecs: limits.totalTimeoutMillis / 1000,
    requestHandlerTimeoutSecs: A_DAY_SECS,
    statusMessageLoggingInterval: A_DAY_SECS,
    statisticsOptions: { logIntervalSecs: A_DAY_SECS, persistenceOptions: { enable: false } },
    autoscaledPoolOptions: {
      minConcurrency: 1,
      maxConcurrency: 1,
      maybeRunIntervalSecs: 0.05,
      autoscaleIntervalSecs: 3600,
      loggingIntervalSecs: null,
    },
    browserPoolOptions: {
      useFingerprints: false,
      operationTimeoutSecs: limits.totalTimeoutMillis / 1000,
      maxOpenPagesPerBrowser: 1,
      prePageCreateHooks: [
        (_pageId, _controller, pageOptions) => {
          Object.assign(pageOptions ?? {}, {
            proxy: SEALED_PROXY,
            userAgent,
            acceptDownloads: false,
            serviceWorkers: 'block',
          });
        },
      ],
    },
  };
}

/**
 * The page's HTML as its scripts have made it, at most `maxCharacters` of it; undefined when it is longer. Read in a
 * world of its own, where the page's scripts have changed nothing, and measured before it leaves the page's process.
 */
async function readDocument(page: Page, maxCharacters: number): Promise<string | undefined> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const { result } = await session.send('Runtime.evaluate', {
    contextId: executionContextId,
    expression: `(() => {
      const html = document.documentElement?.outerHTML ?? '';
      return html.length > ${maxCharacters} ? null : html;
    })()`,
    returnByValue: true,
  });
  return typeof result.value === 'string' ? result.value : undefined;
}
