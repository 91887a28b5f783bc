import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';
import type { Browser, CDPSession, Page } from 'playwright';

const CHROMIUM = '/usr/bin/chromium';
const WAIT_MILLIS = 60_000;

/** Of a key, milliseconds. */
interface PressOfKey {
  /** To the end of the frame that shows it. */
  readonly paintMillis: number;
  /** To the screen's turn at which that frame was begun; below 0: it had not been used. */
  readonly turnMillis: number;
  /** What drawing took: the page's listeners, and from the beginning of the frame to its end; not the wait between. */
  readonly workMillis: number;
}

/** What `watch-page.cjs` keeps in the page. */
interface Watched {
  readonly firstPageMillis: number;
  /** Between frames. */
  readonly frames: readonly number[];
  /** Of more than 50 ms. */
  readonly longTasks: readonly number[];
  readonly presses: readonly PressOfKey[];
  /** When each decision of this tab was answered for, milliseconds of the epoch, in their order; after `watchDecisions`. */
  readonly stored: readonly number[];
  /** When the mark of a decision was painted, by its tile. */
  readonly shown: Readonly<Record<string, number>>;
}

declare global {
  /** In the page, for functions that run there. */
  const watched: {
    read(): Watched;
    /** Between frames, until it rests. */
    watchFrames(): void;
    watchDecisions(): void;
    /** Watches no frames any more, and no first page. */
    rest(): void;
    forget(): void;
    isFilled(): boolean;
    countElements(): number;
    press(key: string, times: number): Promise<void>;
    place(): number;
  };
}

/** A tab of the studio in a browser without a screen. */
export interface StudioTab {
  readonly page: Page;
  readonly devTools: CDPSession;
}

/** What the browser did for a page, seconds of processor time since it began, of `Performance.getMetrics`. */
export interface TabWork {
  readonly script: number;
  readonly layout: number;
  readonly style: number;
  readonly task: number;
}

/** Work with a browser of this machine. @returns null where there is no Chromium */
export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T | null> {
  if (!existsSync(CHROMIUM)) return null;
  // Without a sandbox of its own, as containers run everything as root.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--enable-precise-memory-info'];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/**
 * Opens a page of the studio in a tab with an empty cache.
 * @param address such as `/pictures`
 */
export async function openTab(
  browser: Browser,
  { link, address }: { readonly link: string; readonly address: string },
): Promise<StudioTab> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
  context.setDefaultTimeout(WAIT_MILLIS);
  const page = await context.newPage();
  await page.addInitScript({ path: path.join(__dirname, 'watch-page.cjs') });
  const devTools = await context.newCDPSession(page);
  // Processor time of the page's thread: others on the machine do not show in it.
  await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { origin, hash } = new URL(link);
  await page.goto(`${origin}${address}${hash}`);
  return { page, devTools };
}

export async function tabWork({ devTools }: StudioTab): Promise<TabWork> {
  const { metrics } = await devTools.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    script: of('ScriptDuration'),
    layout: of('LayoutDuration'),
    style: of('RecalcStyleDuration'),
    task: of('TaskDuration'),
  };
}

/** What scripts hold, bytes, once nothing else is left. */
export async function heapBytes({ devTools }: StudioTab): Promise<number> {
  await devTools.send('HeapProfiler.collectGarbage');
  return (await devTools.send('Runtime.getHeapUsage')).usedSize;
}
