import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { chromium } from 'playwright';
import { TEST_BROWSER } from '@winnow/testing';
import { StubStudio } from './stub-studio';

const WAIT_MILLIS = 120_000;

/** One browser and one stub of the studio for all tests of a file. */
export class PageBrowser {
  readonly studio = new StubStudio();
  port = 0;
  /** What pages complained of: breaches of the policy, errors. */
  readonly complaints: string[] = [];
  #browser: Browser | null = null;

  async start(): Promise<void> {
    this.port = await this.studio.start();
    this.#browser = await chromium.launch(TEST_BROWSER);
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.studio.stop();
  }

  /** A tab of a person of its own, at an address of the page, by the link with the key. */
  async open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser?.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    if (context === undefined) throw new Error('The browser was not started.');
    context.setDefaultTimeout(WAIT_MILLIS);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) this.complaints.push(message.text());
    });
    await page.goto(StubStudio.link(this.port, address));
    await page.waitForSelector('#main');
    return page;
  }
}
