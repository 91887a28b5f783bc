import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright';
import { hasTestBrowser } from '@winnow/testing';
import { PageBrowser } from './spec-support/page-browser';

const chromium = new PageBrowser();
const inChromium = hasTestBrowser ? describe : describe.skip;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Address, what has to be there before axe looks, keys that open a dialog. */
const VIEWS: readonly (readonly [address: string, selector: string, key?: string])[] = [
  ['/', '#next'],
  ['/pictures', '#tile-0 img[src]'],
  ['/pictures?kind=closed&sort=doubt', '#tile-0 img[src]', 'Enter'],
  ['/pictures?license=none', 'h2'],
  ['/pictures', '#tile-0 img[src]', '?'],
  ['/pictures', '#tile-0 img[src]', 'e'],
  ['/pictures', '#tile-0 img[src]', 'm'],
  ['/pictures', '#tile-0 img[src]', 'w'],
];

async function violations(page: Page): Promise<readonly string[]> {
  // By the debugger and not by the page: its policy lets no script in.
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(async () => {
    return (await (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run()) as AxeResults;
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
}

inChromium('accessibility of the page', () => {
  beforeAll(() => chromium.start());
  afterAll(() => chromium.stop());

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 400]) {
      it(`axe finds nothing: ${colorScheme}, ${width} px, and nothing is wider than the page`, async () => {
        const page = await chromium.open('/', { colorScheme, viewport: { width, height: 800 } });
        for (const [address, selector, key] of VIEWS) {
          await page.goto(`http://127.0.0.1:${chromium.port}${address}`);
          await page.waitForSelector(selector);
          if (key !== undefined) await page.keyboard.press(key);
          if (key === 'Enter') await page.waitForSelector('[aria-label="One image"] table');
          else if (key !== undefined) await page.waitForSelector('dialog[open]');
          expect({ address, key, found: await violations(page) }).toEqual({ address, key, found: [] });
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        }
        await page.context().close();
      });
    }
  }

  it('with text of twice the size at 400 px all acts are there, without a way sideways', async () => {
    const page = await chromium.open('/pictures', { viewport: { width: 400, height: 800 } });
    await page.waitForSelector('#tile-0 img[src]');
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '200%';
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    for (const name of ['Decide as …', 'Given is right', 'Split is right', 'No class', 'Unsure']) {
      await page.getByRole('button', { name }).first().scrollIntoViewIfNeeded();
      expect((await page.getByRole('button', { name }).first().boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
    await page.context().close();
  });

  it('moves nothing where less motion is wanted, and tells kinds apart without colours', async () => {
    const page = await chromium.open('/pictures', { reducedMotion: 'reduce', forcedColors: 'active' });
    await page.waitForSelector('#tile-0 img[src]');
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
          return transitionDuration !== '0s' || animationName !== 'none' || scrollBehavior !== 'auto';
        }).length,
    );
    expect(moving).toBe(0);
    const signs = await page.locator('[role=gridcell] span[aria-hidden]').allInnerTexts();
    expect(new Set(signs)).toEqual(new Set(['c ✓', 'x ⇄', 'o ○']));
    const grid = page.getByRole('grid', { name: 'Images of this list' });
    await grid.focus();
    expect(await grid.getByRole('gridcell').first().getByRole('img').getAttribute('alt')).toBe(
      'cat, clean, not decided',
    );
    await page.context().close();
  });
});
