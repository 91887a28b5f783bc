import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Page } from 'playwright';
import { hasTestBrowser } from '@winnow/testing';
import { PageBrowser } from './spec-support/page-browser';
import { stubSha256, stubSquare } from './spec-support/stub-images';

const chromium = new PageBrowser();
const { studio } = chromium;
const inChromium = hasTestBrowser ? describe : describe.skip;

/** The tile of the focus is there with its image. */
const tile = (page: Page, index: number): ReturnType<Page['locator']> => page.locator(`#tile-${index} img[src]`);
const search = (page: Page): string => new URL(page.url()).search;

inChromium('the page of the studio', () => {
  beforeAll(() => chromium.start());
  afterAll(() => chromium.stop());
  beforeEach(() => {
    studio.total = 2000;
    studio.decisions = [];
    studio.isAway = false;
  });

  it('takes the key out of the address, and other tabs of the browser get it', async () => {
    const page = await chromium.open('/');
    expect(new URL(page.url()).hash).toBe('');
    await page.getByRole('heading', { level: 1, name: 'birds' }).waitFor();
    await page.getByRole('heading', { name: 'Measure the split' }).waitFor();
    const second = await page.context().newPage();
    await second.goto(`http://127.0.0.1:${chromium.port}/`);
    await second.getByRole('link', { name: '2,000 images in the data set' }).click();
    await tile(second, 0).waitFor();
    // One stream a browser: the second tab holds none.
    expect(studio.requests.filter((line) => line === 'GET /api/events').length).toBe(1);
    await page.context().close();
    const stranger = await chromium.open('/').then((opened) => opened.context().newPage());
    await stranger.evaluate(() => undefined);
    await stranger.context().pages()[0]?.close();
    await stranger.goto(`http://127.0.0.1:${chromium.port}/`);
    await stranger.getByRole('heading', { name: 'This tab has no key' }).waitFor();
    await stranger.context().close();
  });

  it('has its filters in the address: chosen, dropped by Back, the same after a reload', async () => {
    const page = await chromium.open('/pictures?sort=doubt&page=3');
    await page.getByText('The address also says page').waitFor();
    await page.getByRole('checkbox', { name: 'closed' }).check();
    await page.getByRole('checkbox', { name: 'wolf, grey' }).first().check();
    await page.waitForFunction(() => location.search === '?given=wolf%5C,+grey&kind=closed&sort=doubt');
    await page.getByText('100 of 2,000 images').waitFor();
    await page.reload();
    await page.getByText('100 of 2,000 images').waitFor();
    expect(search(page)).toBe('?given=wolf%5C,+grey&kind=closed&sort=doubt');
    await page.goBack();
    await page.getByText('500 of 2,000 images').waitFor();
    expect(search(page)).toBe('?kind=closed&sort=doubt');
    await page.context().close();
  });

  it('says which filter of an empty list takes most away, and drops it by a key', async () => {
    const page = await chromium.open('/pictures?given=dog&kind=closed&license=none+such');
    await page.getByRole('heading', { name: 'No image is so' }).waitFor();
    await page.getByRole('button', { name: 'without Licence: none such: 100 images' }).waitFor();
    await page.keyboard.press('x');
    await page.getByText('100 of 2,000 images').waitFor();
    expect(search(page)).toBe('?given=dog&kind=closed');
    await page.getByRole('searchbox', { name: 'Find images' }).fill('doubt >');
    await page.getByText('the expression ends where a value is expected').waitFor();
    await page.context().close();
  });

  it('shows the last of a million at Ctrl+End, by few elements, and goes there by keys only', async () => {
    studio.total = 1_000_000;
    const page = await chromium.open('/pictures', { viewport: { width: 400, height: 800 } });
    await tile(page, 0).waitFor();
    await page.keyboard.press('Control+End');
    await tile(page, 999_999).waitFor();
    const grid = page.getByRole('grid');
    expect(await page.locator('#tile-999999 img').getAttribute('src')).toBe(stubSquare(stubSha256(999_999)));
    expect(await grid.getAttribute('aria-activedescendant')).toBe('tile-999999');
    const columns = Number(await grid.getAttribute('aria-colcount'));
    expect(Number(await grid.getAttribute('aria-rowcount'))).toBe(Math.ceil(1_000_000 / columns));
    expect(await page.locator('[role=row]').last().getAttribute('aria-rowindex')).toBe(
      `${Math.ceil(1_000_000 / columns)}`,
    );
    await page.getByRole('slider', { name: 'Place in the list' }).focus();
    await page.keyboard.press('Home');
    await tile(page, 0).waitFor();
    // The focus waited at the end: it is where keys go on from.
    await grid.focus();
    await page.keyboard.press('ArrowUp');
    await tile(page, 999_999 - columns).waitFor();
    expect(await grid.getAttribute('aria-activedescendant')).toBe(`tile-${999_999 - columns}`);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(2500);
    await page.context().close();
  });

  it('asks for the tiles of a jump at once, and not when the grid has come to rest', async () => {
    studio.total = 1_000_000;
    const page = await chromium.open('/pictures');
    await tile(page, 0).waitFor();
    // Time stands still but for one frame, in which no grid comes to rest.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(10_000);
    const asked = page.waitForResponse((response) => response.url().includes('from=999960'));
    await page.keyboard.press('Control+End');
    await page.clock.runFor(20);
    await asked;
    await page.clock.resume();
    await tile(page, 999_999).waitFor();
    await page.context().close();
  });

  it('asks for the images of a view together, and no longer for those that it has left', async () => {
    const page = await chromium.open('/pictures');
    await tile(page, 0).waitFor();
    const sides = await page.locator('#tile-0 img').evaluate((image: HTMLImageElement) => image.naturalWidth);
    expect(sides).toBe(32);
    expect(await page.locator('#tile-13').textContent()).toContain('no image');
    const left = page.waitForEvent('requestfailed', (request) => request.url().includes(stubSha256(1000)));
    let release = (): void => undefined;
    studio.held.set('/api/squares', new Promise<void>((resolve) => (release = resolve)));
    const asked = page.waitForRequest((request) => request.url().includes(stubSha256(1000)));
    await page.getByRole('slider', { name: 'Place in the list' }).click();
    await asked;
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+End');
    await left;
    studio.held.delete('/api/squares');
    release();
    await tile(page, 1999).waitFor();
    const requests = studio.requests.filter((line) => line.startsWith('GET /pic/'));
    expect(requests).toEqual([]);
    await page.context().close();
  });

  it('decides by keys, says so at once, and takes back', async () => {
    const page = await chromium.open('/pictures');
    await tile(page, 2).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('o');
    await page.keyboard.press('3');
    await page.locator('#tile-1[data-mark=decided]').waitFor();
    await studio.whenStored(2);
    expect(studio.decisions.map(({ sha256, says, origin }) => ({ sha256, says, origin }))).toEqual([
      { sha256: stubSha256(1), says: 'open', origin: 'one' },
      { sha256: stubSha256(2), says: 'class:fox', origin: 'one' },
    ]);
    expect(studio.decisions[0]?.shown).toMatchObject({ kind: 'clean', isBlind: false });
    await page.keyboard.press('u');
    await studio.whenStored(1);
    await page.locator('#tile-2[data-mark=""]').waitFor();
    await page.getByText('all stored ✓').waitFor();
    await page.context().close();
  });

  it('decides of a whole list as one batch', async () => {
    const page = await chromium.open('/pictures?kind=closed');
    await tile(page, 0).waitFor();
    await page.keyboard.press('Control+a');
    await page.getByText('500 selected').waitFor();
    await page.keyboard.press('Space');
    await page.getByText('499 selected').waitFor();
    await page.keyboard.press('r');
    await studio.whenStored(499);
    expect(new Set(studio.decisions.map(({ batch }) => batch)).size).toBe(1);
    expect(new Set(studio.decisions.map(({ says }) => says)).size).toBe(5);
    await page.keyboard.press('Control+z');
    await studio.whenStored(0);
    await page.context().close();
  });

  it('keeps decisions in the browser while they cannot be stored, over a reload, and stores each once', async () => {
    studio.isAway = true;
    const page = await chromium.open('/pictures');
    page.on('dialog', (dialog) => void dialog.accept());
    await tile(page, 2).waitFor();
    for (const key of ['o', 'v', 'g']) await page.keyboard.press(key);
    await page.getByText('3 not stored yet').waitFor();
    await page.locator('#tile-1[data-mark=unsure]').waitFor();
    await page.reload();
    await page.getByText('3 not stored yet').waitFor();
    studio.isAway = false;
    await page.getByText('all stored ✓').waitFor();
    expect(studio.decisions.map(({ says }) => says)).toEqual(['open', 'unsure', 'class:fox']);
    await page.context().close();
  });

  it('knows in a tab what another tab of the browser sent for it', async () => {
    studio.isAway = true;
    const page = await chromium.open('/pictures');
    page.on('dialog', (dialog) => void dialog.accept());
    await tile(page, 1).waitFor();
    const second = await page.context().newPage();
    second.on('dialog', (dialog) => void dialog.accept());
    await second.goto(`http://127.0.0.1:${chromium.port}/pictures`);
    await tile(second, 1).waitFor();
    await page.keyboard.press('o');
    await page.getByText('1 not stored yet').waitFor();
    // The first tab is sending: it sends this one, too.
    await second.keyboard.press('ArrowRight');
    await second.keyboard.press('o');
    await page.getByText('2 not stored yet').waitFor();
    studio.isAway = false;
    await second.getByText('all stored ✓').waitFor();
    await second.locator('#tile-1[data-mark=decided]').waitFor();
    // Taken back elsewhere, by a tab that decided nothing: what was decided here covers no newer list.
    await page.reload();
    await tile(page, 1).waitFor();
    await page.keyboard.press('u');
    await studio.whenStored(1);
    await second.locator('#tile-1[data-mark=""]').waitFor();
    await page.context().close();
  });

  it('says that the server has ended, and goes on by itself when it is there again', async () => {
    const page = await chromium.open('/pictures');
    page.on('dialog', (dialog) => void dialog.accept());
    await tile(page, 0).waitFor();
    const second = await page.context().newPage();
    await second.goto(`http://127.0.0.1:${chromium.port}/`);
    await second.getByRole('heading', { level: 1, name: 'birds' }).waitFor();
    await studio.stop();
    await page.keyboard.press('o');
    await page.getByText('The studio has ended').waitFor();
    await page.getByText('1 decision waits in this tab').waitFor();
    await page.getByText('winnow studio birds.yaml', { exact: true }).first().waitFor();
    // Whoever takes the port is asked for a proof, and gets no key: neither of the tab that decides nor of the one that lies idle.
    const heard: string[] = [];
    const stranger = createServer((request, response) => {
      heard.push(`${request.url?.split('?')[0]} ${request.headers.authorization ?? 'no key'}`);
      response.setHeader('content-type', 'application/json').end('{}');
    });
    await new Promise<void>((resolve) => stranger.listen(chromium.port, '127.0.0.1', resolve));
    for (let asked = 0; asked < 6; asked += 1) await once(stranger, 'request');
    await new Promise((resolve) => {
      stranger.close(resolve);
      stranger.closeAllConnections();
    });
    expect(heard.filter((line) => line.startsWith('/api/') || !line.endsWith(' no key'))).toEqual([]);
    await studio.start(chromium.port);
    await page.getByText('The studio has ended').waitFor({ state: 'detached' });
    await page.getByText('all stored ✓').waitFor();
    expect(studio.decisions.length).toBe(1);
    await page.context().close();
  });

  it('opens one image with text of the web as text, and follows the arrows', async () => {
    const page = await chromium.open('/pictures?kind=clean');
    await tile(page, 0).waitFor();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'One image' });
    await panel.getByText('<img src=x onerror="document.title=1">').waitFor();
    expect(
      await panel.getByRole('link').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href)),
    ).toEqual(['https://example.test/cat']);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**/pictures/${stubSha256(1)}?kind=clean`);
    await page.keyboard.down('z');
    await panel.getByRole('img', { name: 'The original' }).waitFor();
    await page.keyboard.up('z');
    await panel.getByRole('img', { name: 'As the network saw it' }).waitFor();
    expect(await page.title()).toBe('1000 images · winnow studio');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.goto(`http://127.0.0.1:${chromium.port}/pictures/${stubSha256(13)}`);
    await page.getByText('The original is gone').first().waitFor();
    // Decided of is what is open, wherever the list stands.
    await page.getByRole('heading', { name: 'wolf, grey' }).waitFor();
    await page.keyboard.press('v');
    await studio.whenStored(1);
    expect(studio.decisions[0]?.sha256).toBe(stubSha256(13));
    await page.context().close();
  });

  it('gives keys to the topmost layer only, and letters to nobody who writes', async () => {
    const page = await chromium.open('/pictures');
    await tile(page, 0).waitFor();
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.getByText('none of the classes').waitFor();
    await page.keyboard.press('o');
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('dog');
    await page.waitForURL('**/pictures?q=dog');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('bear');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/pictures?given=bear');
    expect(studio.decisions).toEqual([]);
    await page.context().close();
  });

  it('saves a list under a name; what is changed and shared since opens changed, and Back restores it', async () => {
    studio.views = [];
    const page = await chromium.open('/pictures?kind=closed');
    await tile(page, 0).waitFor();
    await page.keyboard.press('w');
    await page.keyboard.type('to sort');
    await page.keyboard.press('Enter');
    const saved = page.getByRole('list', { name: 'Saved views' });
    await saved.getByText('shown now').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Kind: closed' }).press('Enter');
    await page.getByText('2,000 images', { exact: true }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('to sort');
    await page.keyboard.press('Enter');
    await page.getByText('500 of 2,000 images').waitFor();
    await page.getByRole('checkbox', { name: 'wolf, grey' }).first().press('Space');
    await page.getByText('100 of 2,000 images').waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByText('100 of 2,000 images').waitFor();
    await other.close();
    await page.goBack();
    await page.getByText('500 of 2,000 images').waitFor();
    expect(studio.views.map(({ name, address }) => [name, address])).toEqual([['to sort', '/pictures?kind=closed']]);
    await page.getByRole('button', { name: 'Views …' }).press('Enter');
    await saved.getByRole('button', { name: 'Rename to sort' }).press('Enter');
    await page.keyboard.type('sorted');
    await page.keyboard.press('Enter');
    await saved.getByRole('button', { name: 'Delete sorted' }).press('Enter');
    await page.getByText('No list has a name yet.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.keyboard.press('w');
    await saved.getByText('sorted', { exact: true }).first().waitFor();
    // Somebody else has the name meanwhile: nothing is stored until that is wanted, and it can be taken back.
    studio.views = [{ name: 'sorted', address: '/pictures?kind=open', person: 'Ben' }];
    await page.getByLabel('Save this list as').fill('sorted');
    await page.keyboard.press('Enter');
    await page.getByText('There is a view of this name, by Ben: sorted.').waitFor();
    await page.keyboard.press('Escape');
    expect(studio.views.map(({ address }) => address)).toEqual(['/pictures?kind=open']);
    await page.getByRole('button', { name: 'Replace it' }).press('Enter');
    await page.getByText('Replaced: sorted').waitFor();
    expect(studio.views.map(({ address }) => address)).toEqual(['/pictures?kind=closed']);
    await page.getByRole('button', { name: 'Undo' }).last().press('Enter');
    await page.keyboard.press('w');
    await saved.getByText('kind open').waitFor();
    await page.context().close();
  });

  it('does more with what is selected: named in an address, forgotten with the command said first, lists imported', async () => {
    const page = await chromium.open('/pictures?kind=closed');
    await tile(page, 1).waitFor();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+F');
    const forget = page.getByRole('dialog', { name: 'winnow forget' });
    await forget.getByText('7f3a7f3a: 1 image').waitFor();
    await forget
      .getByText(`winnow forget birds.yaml ${stubSha256(2)}`, { exact: true })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    await page.getByRole('dialog', { name: '1 image selected' }).waitFor();
    const choosing = page.waitForEvent('filechooser');
    await page.keyboard.press('Shift+I');
    await (await choosing).setFiles({ name: 'mine.csv', mimeType: 'text/csv', buffer: Buffer.from('picture,class\n') });
    await page.getByText('mine.csv: 3 new decisions, 2 said nothing new').waitFor();
    expect(studio.lists).toEqual([{ name: 'mine.csv', csv: 'picture,class\n' }]);
    await page.keyboard.press('Shift+R');
    await page.waitForURL('**/review/doubt?**');
    expect(new URL(page.url()).searchParams.get('q')).toBe(`sha256 in ("${stubSha256(2)}")`);
    await page.getByRole('button', { name: 'Find: 1 chosen image' }).waitFor();
    await page.context().close();
  });

  it('keeps what it shows when another split is made, and goes there by a key', async () => {
    const page = await chromium.open('/pictures?kind=closed');
    await tile(page, 0).waitFor();
    studio.hasNewerSplit = true;
    studio.publish('project');
    await page.getByText('Split a7b2a7b2 is newer than 91c091c0.').waitFor();
    expect(search(page)).toBe('?b=7f3a7f3a&kind=closed&s=91c091c0');
    await page.keyboard.press('Shift+N');
    await page.getByText('Split a7b2a7b2 is newer').waitFor({ state: 'detached' });
    expect(search(page)).toBe('?kind=closed');
    studio.hasNewerSplit = false;
    await page.context().close();
  });

  it('says what comes first where nothing was built', async () => {
    studio.total = 0;
    const page = await chromium.open('/');
    await page.getByText('winnow crawl birds.yaml', { exact: true }).first().waitFor();
    await page.getByRole('link', { name: 'Images' }).click();
    await page.getByRole('heading', { name: 'No data set yet' }).waitFor();
    await page.context().close();
  });

  it('never broke the policy of the server, nor threw', () => {
    expect(chromium.complaints).toEqual([]);
  });
});
