import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { hasBrowser, StudioBrowser } from '../spec-support/studio-browser';

/** Of the long form: 200. */
const LOOKS = Number(process.env['WINNOW_STUDIO_LOOKS'] ?? 60);
const AT_ONCE = 5;
const TABS = 8;
/** Of a machine that has much else to do. */
const MAX_MILLIS = 600_000;

const browser = new StudioBrowser();
const describeBrowsers = hasBrowser ? describe : describe.skip;
describeBrowsers('browsers at one studio', () => {
  beforeAll(() => browser.start({ count: LOOKS + 12, hasCopies: true }));
  afterAll(() => browser.stop());

  const now = (page: Page, count: number) => page.getByText(`${count} now`).waitFor();

  it(
    'eight tabs of one browser are all there, by one stream of events',
    async () => {
      const context = await browser.context();
      const streams: string[] = [];
      context.on('request', (request) => {
        if (request.url().endsWith('/api/events')) streams.push(request.url());
      });
      const tabs = [await browser.open(context, '/pictures')];
      while (tabs.length < TABS) {
        const tab = await context.newPage();
        await browser.go(tab, '/pictures');
        tabs.push(tab);
      }
      for (const tab of tabs) await tab.locator('#tile-0 img[src]').waitFor();
      expect(streams).toHaveLength(1);
      // What one decides the last one hears of, by the tab that has the stream.
      await (tabs[1] as Page).keyboard.press('v');
      await (tabs.at(-1) as Page).locator('#tile-0[data-mark=unsure]').waitFor();
      await (tabs[1] as Page).keyboard.press('u');
      await (tabs.at(-1) as Page).locator('#tile-0[data-mark=""]').waitFor();
      // Each takes back what was decided in it, whatever another one decided since.
      const [, second, third] = tabs as [Page, Page, Page];
      await second.keyboard.press('v');
      await second.getByText('all stored ✓').waitFor();
      await third.keyboard.press('ArrowRight');
      await third.keyboard.press('v');
      await second.locator('#tile-1[data-mark=unsure]').waitFor();
      await second.keyboard.press('u');
      await third.locator('#tile-0[data-mark=""]').waitFor();
      await third.locator('#tile-1[data-mark=unsure]').waitFor();
      await third.keyboard.press('u');
      await second.locator('#tile-1[data-mark=""]').waitFor();
      expect(streams).toHaveLength(1);
      await context.close();
    },
    MAX_MILLIS,
  );

  it(
    'a tab that is open while the studio is started again shows images by new addresses; the old ones open nothing',
    async () => {
      const context = await browser.context();
      const page = await browser.open(context, '/map');
      const strip = page.locator('[aria-label="On the map"] li');
      const first = strip.first().locator('img');
      const before = (await first.getAttribute('src')) ?? '';
      await browser.startAgain();
      await strip.first().locator(`img:not([src="${before}"])`).waitFor();
      await first.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
      expect((await page.request.get(new URL(before, page.url()).href)).status()).toBe(404);
      // What could not be read before is asked for again, too.
      await page.route('**/copy/**', (route) => route.abort());
      await browser.go(page, '/duplicates');
      await page.getByText('not there any more').first().waitFor();
      await page.unrouteAll({ behavior: 'wait' });
      await browser.startAgain();
      await page.getByAltText('The copy').first().waitFor();
      await context.close();
    },
    MAX_MILLIS,
  );

  it(
    'two people who review one queue at once never get the same image',
    async () => {
      const people = ['Anna', 'Ben'];
      const pages: Page[] = [];
      for (const name of people) {
        pages.push(await browser.open(await browser.context(), '/review/doubt', name, 'reviewer'));
      }
      for (const page of pages) await page.locator('[aria-label="Decisions"]').waitFor();
      for (let done = AT_ONCE; done <= LOOKS / 2; done += AT_ONCE) {
        for (const page of pages) for (let key = 0; key < AT_ONCE; key += 1) await page.keyboard.press('o');
        for (const page of pages) await now(page, done);
      }
      for (const page of pages) await page.getByText('all stored ✓').waitFor();
      const rows = await browser.rows(
        `select sha256, count(distinct person)::integer as people from decisions where says = 'open' group by sha256`,
      );
      expect([rows.length, rows.filter((row) => row['people'] !== 1)]).toEqual([LOOKS, []]);
      // Each has seen what the other decided.
      for (const page of pages) await page.getByText(`${LOOKS} in all`).waitFor();
      const [page] = pages as [Page];
      await page.getByLabel('second looks').selectOption('10');
      await page.waitForURL('**/review/doubt?overlap=10');
      await page.locator('[aria-label="Decisions"]').waitFor();
      for (let key = 0; key < AT_ONCE; key += 1) await page.keyboard.press('o');
      await now(page, LOOKS / 2 + AT_ONCE);
      await page.getByText('all stored ✓').waitFor();
      // In each ten of her looks there is one at an image of Ben's, and maybe one begun.
      const seconds = Math.floor((LOOKS / 2 + AT_ONCE) / 10);
      await browser.go(page, '/review/random?overlap=10');
      const agreement = await page.getByText(/^Two people: /).textContent();
      const [, same, of] = /^Two people: (\d+) of (\d+) images told the same/.exec(agreement ?? '') ?? [];
      expect([same, [seconds, seconds + 1]]).toEqual([of, expect.arrayContaining([Number(of)])]);
      for (const open of pages) await open.context().close();
    },
    MAX_MILLIS,
  );

  it(
    'one that is killed has lost nothing that was shown as stored, and offers the rest when it is opened again',
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'winnow-browser-'));
      const before = await browser.rows('select id from decisions');
      const stored = async () => (await browser.rows(`select id from decisions where says = 'unsure'`)).length;
      let context: BrowserContext | undefined = await browser.keptContext(folder);
      try {
        const page = await browser.open(context, '/pictures');
        await page.locator('#tile-3 img[src]').waitFor();
        const already = await stored();
        for (const key of ['v', 'v']) await page.keyboard.press(key);
        await page.getByText('all stored ✓').waitFor();
        expect((await stored()) - already).toBe(2);
        // From now on nothing arrives: a request that is tried says that the browser has kept what it holds.
        await context.route('**/api/decisions', (route) => route.abort());
        const tried = page.waitForEvent(
          'requestfailed',
          (request) => request.postData()?.includes(browser.project.digests[3] as string) === true,
        );
        for (const key of ['v', 'v']) await page.keyboard.press(key);
        await page.getByText('2 not stored yet').waitFor();
        await tried;
        kill(folder);
        await context.close().catch(() => undefined);
        context = undefined;
        expect((await stored()) - already).toBe(2);

        context = await browser.keptContext(folder);
        const again = await browser.open(context, '/pictures');
        await again.getByText('all stored ✓').waitFor();
        await again.locator('#tile-3[data-mark=unsure]').waitFor();
        expect((await stored()) - already).toBe(4);
        expect(await browser.rows('select id from decisions')).toHaveLength(before.length + 4);
      } finally {
        await context?.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    MAX_MILLIS,
  );
});

/** Ends the browser of a folder at once. */
function kill(folder: string): void {
  const own = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return words.includes(`--user-data-dir=${folder}`) && !words.some((word) => word.startsWith('--type='));
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
  // A script may have started it, and waits for it.
  expect(own.length).toBeGreaterThan(0);
  for (const id of own) process.kill(Number(id), 'SIGKILL');
}
