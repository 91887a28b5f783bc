import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Page } from 'playwright';
import { hasBrowser, StudioBrowser } from '../spec-support/studio-browser';

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
/** As the page itself lists them, so that none is forgotten here. */
const PAGES = path.resolve(__dirname, '../../../studio-page/src/pages.ts');
/** What another width may change of what axe finds. */
const RULES_OF_LAYOUT = ['color-contrast', 'scrollable-region-focusable', 'target-size', 'region', 'bypass'];
/** Of a machine that has much else to do. */
const MAX_MILLIS = 600_000;

const browser = new StudioBrowser();
function listedPages() {
  const lines = readFileSync(PAGES, 'utf8').matchAll(/\{\s*path: '([^']+)'([^}]*)\}/g);
  return Array.from(lines, ([, address = '', rest = '']) => ({ address, isHidden: rest.includes('isHidden: true') }));
}

/** All pages, and what parts of them need: a run, a cell, an order, an image. */
function addresses(): readonly string[] {
  const paths = listedPages().map(({ address }) => address);
  const { ce, kd } = browser.runs;
  const more = [
    `/compare?runs=${ce},${kd}`,
    `/confusion?runs=${ce}&true=cat&predicted=dog`,
    '/review/doubt',
    `/try/${ce}`,
    '/map?colour=given&lasso=0:0,.5:0,0:.5',
    '/map?layout=neighbours',
    '/duplicates?kind=conflicts&view=overlay',
  ];
  const image = `/pictures/${browser.project.digests[0]}`;
  return [...paths.map((one) => one.replace('$run', ce)), ...more, '/pictures?license=none&given=dog', image];
}

const describePages = hasBrowser ? describe : describe.skip;
describePages('every page of the studio', () => {
  let page: Page;
  beforeAll(async () => {
    await browser.start({ count: 30, title: '<img src=x onerror=alert(1)> مرحبا' });
    page = await browser.open(await browser.context(), '/settings');
  });
  afterAll(() => browser.stop());

  /** What axe, by the debugger and not by the page, finds; and what is wider than the screen. @param rules of axe; default: all */
  async function faults(...rules: readonly string[]): Promise<readonly string[]> {
    if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(AXE);
    const options = JSON.stringify({ resultTypes: ['violations'], ...(rules.length > 0 && { runOnly: rules }) });
    const found = await page.evaluate<readonly string[]>(
      `axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary))`,
    );
    return [...found, ...(await tooWide())];
  }

  async function tooWide(): Promise<readonly string[]> {
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    return wide > 0 ? [`${wide} pixels too wide: ${await page.evaluate<string>(WIDEST)}`] : [];
  }

  /** A colour on its way from one scheme to the other is none of either: without motion. */
  async function go(address: string): Promise<void> {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await browser.go(page, address);
  }

  async function dialogFaults(open: () => Promise<void>): Promise<readonly string[]> {
    await open();
    await page.locator('dialog[open]').waitFor();
    const found = await faults();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    return found;
  }

  it(
    'is accessible and fits at 1280 px, light and dark',
    async () => {
      const { found, note } = notes();
      for (const address of addresses()) {
        await go(address);
        note(address, await faults());
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        note(`${address} dark`, await faults('color-contrast'));
      }
      expect(found).toEqual([]);
    },
    MAX_MILLIS,
  );

  it(
    'does so at 400 px, with dialogs and with text of twice the size; moves nothing; targets have 24 px',
    async () => {
      await page.setViewportSize({ width: 400, height: 800 });
      const { found, note } = notes();
      for (const address of addresses()) {
        await go(address);
        note(address, await faults(...RULES_OF_LAYOUT));
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        note(`${address} dark`, await faults('color-contrast'));
        // Each page has keys of its own in there.
        note(`${address} with its keys`, await dialogFaults(() => page.keyboard.press('?')));
        note(`${address} moves`, await page.evaluate<readonly string[]>(MOVING));
        note(`${address} has a small target`, await page.evaluate<readonly string[]>(SMALL));
        await page.evaluate('document.documentElement.style.fontSize = "200%"');
        note(`${address} with large text`, await tooWide());
      }
      await go('/settings');
      note('palette', await dialogFaults(() => page.keyboard.press('Control+k')));
      note('storing', await dialogFaults(() => page.getByText('all stored ✓').click()));
      expect(found).toEqual([]);
    },
    MAX_MILLIS,
  );

  it('tells kinds apart without colours', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await page.setViewportSize({ width: 1280, height: 800 });
    await browser.go(page, '/pictures');
    await page.locator('#tile-2 img[src]').waitFor();
    const signs = await page.locator('[role=gridcell] span[aria-hidden]').allInnerTexts();
    expect(new Set(signs)).toEqual(new Set(['c ✓', 'x ⇄', 'o ○']));
  });

  it('asks nobody but the studio, breaks no policy and throws nothing', () => {
    expect(browser.requests.length).toBeGreaterThan(100);
    const others = browser.requests.filter((url) => !url.startsWith(`http://127.0.0.1:${browser.port}/`));
    expect(others.filter((url) => !url.startsWith(`blob:http://127.0.0.1:${browser.port}/`))).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });
});

describePages('every page of a project of which nothing is there yet', () => {
  const empty = new StudioBrowser();
  beforeAll(() => empty.start({ until: 'nothing' }));
  afterAll(() => empty.stop());

  it(
    'says what comes first, and its command',
    async () => {
      const page = await empty.open(await empty.context(), '/');
      const silent: string[] = [];
      for (const { address, isHidden } of listedPages()) {
        if (isHidden || address === '/settings') continue;
        await empty.go(page, address);
        const text = await page.locator('#main').innerText();
        if (!/winnow (?:crawl|import|build|split|train)\b/.test(text)) silent.push(`${address}: ${text.slice(0, 200)}`);
      }
      expect(silent).toEqual([]);
      expect(empty.complaints).toEqual([]);
    },
    MAX_MILLIS,
  );
});

function notes() {
  const found: string[] = [];
  const note = (where: string, what: readonly string[]): void =>
    void found.push(...what.map((one) => `${where}: ${one}`));
  return { found, note };
}

const WIDEST = `[...document.querySelectorAll('#main *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .map((element) => element.outerHTML.slice(0, 150)).slice(0, 3).join(' | ')`;
const MOVING = `[...document.querySelectorAll('*')].flatMap((element) => {
  const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
  const isStill = transitionDuration === '0s' && animationName === 'none' && scrollBehavior === 'auto';
  return isStill ? [] : [element.outerHTML.slice(0, 100)];
})`;
/** Buttons and fields; links within text are exempt (WCAG 2.5.8). */
const SMALL = `[...document.querySelectorAll('button, select, input:not([type=checkbox]):not([type=radio]), summary')].flatMap((element) => {
  const { width, height } = element.getBoundingClientRect();
  const isShown = element.checkVisibility() && width > 1 && height > 1;
  return isShown && Math.min(width, height) < 24 ? [element.outerHTML.slice(0, 120) + ' ' + width + ' x ' + height] : [];
})`;
