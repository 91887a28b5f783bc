import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContextOptions, Page, Route } from 'playwright';
import { layoutFile, writeLayout } from '@winnow/columns';
import { saveEmbeddings } from '@winnow/db';
import { encodeJpeg } from '@winnow/imaging';
import { drawnStudent, startsWinnow } from '../spec-support/drawn-student';
import { sampleEpoch, writeSampleRun } from '../spec-support/sample-runs';
import { CLASSES, hasBrowser, LABELS, StudioBrowser, TAKEN_FOR } from '../spec-support/studio-browser';
import type { StudioProject } from '../spec-support/studio-project';
import type { Studio } from './assemble-studio';

const describePages = hasBrowser ? describe : describe.skip;

describePages('pages of the studio', () => {
  const pages = new StudioBrowser();
  let project: StudioProject;
  let studio: Studio;
  const ids = { ce: '', kd: '', live: '' };

  beforeAll(async () => {
    startsWinnow();
    await pages.start({ count: 30, hasCopies: true, title: '<img src=x onerror=alert(1)>' });
    ({ project, studio } = pages);
    const { runs } = project.config.paths;
    Object.assign(ids, pages.runs);
    writeFileSync(path.join(runs, ids.ce, 'student.safetensors'), await drawnStudent(CLASSES));
    ids.live = path.basename(writeSampleRun(runs, { method: 'winnow', seed: 2, epochsDone: 1 }));
  });
  afterAll(async () => {
    await pages.stop();
    expect(pages.complaints).toEqual([]);
  });

  async function open(address: string, options: BrowserContextOptions = {}, script = ''): Promise<Page> {
    const context = await pages.context(options);
    if (script !== '') await context.addInitScript(script);
    return pages.open(context, address);
  }

  const go = (page: Page, address: string): Promise<void> => pages.go(page, address);

  it('decide by keys alone, in order, as fast as they are pressed, and take it back', async () => {
    const page = await open('/review/doubt');
    await page.waitForSelector('[aria-label="Decisions"]');
    for (const key of ['Space', 'g', 'o', '2', 'v']) await page.keyboard.press(key);
    await page.waitForSelector('text=5 now');
    await page.waitForSelector('text=all stored');
    const said = async () => {
      const lines = await studio.context.database.use((_db, { executeSql }) =>
        executeSql('select says, origin, sha256 from decisions order by seq'),
      );
      return lines.rows;
    };
    const stored = await said();
    expect(stored.slice(2).map(({ says, origin }) => [says, origin])).toEqual([
      ['open', 'one'],
      ['class:dog', 'one'],
      ['unsure', 'one'],
    ]);
    expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(5);
    await page.keyboard.press('u');
    await page.waitForSelector('text=4 now');
    await page.waitForSelector('text=all stored');
    expect(await said()).toHaveLength(6);
    await page.context().close();
  });

  it('store a sheet as one batch, but for the exceptions', async () => {
    const page = await open('/sheets');
    // Of what is not drawn yet nothing is said.
    await page.waitForSelector('text=/All [1-9]\\d* are right/');
    const before = await decidedCount();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('x');
    await page.waitForSelector('text=1 marked');
    const images = await page.locator('[aria-label="Sheet"] li button').count();
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=all stored');
    expect((await decidedCount()) - before).toBe(images - 1);
    const batches = async () => {
      const found = await studio.context.database.use((_db, { executeSql }) =>
        executeSql(`select count(distinct batch)::integer as count from decisions where origin = 'sheet'`),
      );
      return found.rows;
    };
    expect(await batches()).toEqual([{ count: 1 }]);
    // Of a key that is held down the first press counts, also while an image has the focus.
    await go(page, '/sheets');
    const shown = await page.locator('[aria-label="Sheet"] li img').nth(1).getAttribute('src');
    await page.route(`**/${(shown as string).split('/').slice(-2).join('/')}`, (route) => route.abort());
    await page.reload();
    await page.waitForSelector('text=not drawn, so undecided: 1');
    await page.evaluate(`document.querySelector('[aria-label$=images] button').dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', repeat: true, bubbles: true, cancelable: true }))`);
    await page.keyboard.press('x');
    await page.waitForSelector('text=1 marked');
    await page.waitForSelector('text=all stored');
    expect(await batches()).toEqual([{ count: 1 }]);
    await page.context().close();
  });

  it('check copies by keys alone: what is said is stored, told for the next build and taken back', async () => {
    const page = await open('/duplicates');
    const pair = (place: number) => page.locator(`[role=group][aria-label^="Pair ${place} of 12"]`);
    await pair(1).waitFor();
    const said = async () => {
      const lines = await studio.context.database.use((_db, { executeSql }) =>
        executeSql('select says, sha256, other_sha256 from decisions where says <> $1 order by seq desc limit 12', [
          'undo',
        ]),
      );
      return lines.rows.map(({ says, sha256 }) => `${String(says)} ${project.copies.indexOf(String(sha256))}`);
    };
    // A list of what is undecided moves up when its page is right: the next page would pass over as many pairs.
    const asked: (string | null)[] = [];
    await page.route('**/api/duplicates?*', async (route) => {
      asked.push(new URL(route.request().url()).searchParams.get('from'));
      const response = await route.fetch();
      const answer = (await response.json()) as { readonly total: number };
      await route.fulfill({ response, json: { ...answer, total: answer.total + 24 } });
    });
    await go(page, '/duplicates?undecided=1');
    await page.locator('[role=group][aria-label^="Pair 1 of"]').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Decisions for the next build: 12 pairs');
    await page.keyboard.press('u');
    await page.waitForSelector('text=No decisions for the next build yet');
    expect(new Set(asked)).toEqual(new Set(['0']));
    await page.unrouteAll({ behavior: 'wait' });
    await go(page, '/duplicates');
    await pair(1).waitFor();
    await page.keyboard.down('z');
    await page.waitForSelector('[data-view="overlay"]');
    await page.keyboard.up('z');
    for (const key of ['Space', 'x', 'k', 'b']) await page.keyboard.press(key);
    await page.waitForSelector('text=Decisions for the next build: 2 pairs, 1 kept, 1 left out');
    expect((await said()).slice(0, 4)).toEqual(['leave-out -1', 'keep 2', 'not-a-copy 1', 'same 0']);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toMatch(/^Pair 5 of 12/);
    await page.keyboard.press('u');
    await page.waitForSelector('text=2 pairs, 1 kept, 0 left out');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=11 pairs, 1 kept, 0 left out');
    expect(new Set((await said()).slice(0, 9))).toEqual(
      new Set([3, 4, 5, 6, 7, 8, 9, 10, 11].map((at) => `same ${at}`)),
    );
    await go(page, '/duplicates?undecided=1');
    await page.waitForSelector('text=All is decided');
    await page.context().close();
  });

  async function decidedCount(): Promise<number> {
    const counted = await studio.context.database.use((_db, { executeSql }) =>
      executeSql('select count(*)::integer as count from decisions where sha256 is not null'),
    );
    return Number(counted.rows[0]?.['count']);
  }

  it('count a cleaned data set by keys alone, and say its command', async () => {
    const page = await open('/handover');
    const kept = page.locator('form[aria-label="What it holds"]');
    const count = page.locator('[role=status]', { hasText: 'of 30 images' });
    await count.waitFor();
    // What was said of copies before may fold them otherwise: about so many.
    const counted = async (): Promise<number> =>
      Number(/^(?:about )?(\d+) of/.exec((await count.textContent()) ?? '')?.[1]);
    const before = await counted();
    const focused = () => page.evaluate<string>('document.activeElement?.closest("label, button")?.textContent ?? ""');
    const tabTo = async (words: RegExp): Promise<void> => {
      for (let tabs = 0; tabs < 60 && !words.test(await focused()); tabs += 1) await page.keyboard.press('Tab');
      expect(await focused()).toMatch(words);
    };
    await tabTo(/open$/);
    await page.keyboard.press('Space');
    await page.waitForURL(/kinds=clean,closed,open/);
    await count.filter({ hasNotText: new RegExp(`\\b${before} of`) }).waitFor();
    expect(await counted()).toBeGreaterThan(before);
    expect(await kept.locator('input[type=checkbox]:checked').count()).toBe(3);
    await tabTo(/^Make/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain(
      "winnow build p.yaml '--where=kind in (clean, closed, open)' --labels=refined",
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused()).toMatch(/^Make/);
    await page.context().close();
  });

  it('show a new point of a run under way', async () => {
    const page = await open(`/runs/${ids.live}?table=1`);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
    const epochs = page.locator('[aria-label="Values of each epoch"] tbody tr');
    expect(await epochs.count()).toBe(1);
    const file = path.join(project.config.paths.runs, ids.live, 'metrics.jsonl');
    appendFileSync(file, `${JSON.stringify(sampleEpoch(2))}\n`);
    await epochs.nth(1).waitFor();
    expect(await epochs.nth(1).textContent()).toContain('1,280');
    await page.context().close();
  });

  it('open as many images of a cell as it says, and what one student alone knows', async () => {
    const page = await open(`/confusion?runs=${ids.ce}`);
    await page.getByLabel('cat taken for dog: 1 of 3').click();
    await page.waitForSelector('text=cat taken for dog');
    const images = page.locator('img[src*="/test/"]');
    await images.first().waitFor();
    expect(await images.count()).toBe(1);
    const width = await page.evaluate<number>(
      `(async (image) => (await image.decode(), image.naturalWidth))(document.querySelector('img[src*="/test/"]'))`,
    );
    expect(width).toBe(16);
    await go(page, `/confusion?runs=${ids.ce},${ids.kd}&flips=gained`);
    await images.first().waitFor();
    const gained = LABELS.filter((label, at) => TAKEN_FOR.ce[at] !== label && TAKEN_FOR.kd[at] === label).length;
    expect(await images.count()).toBe(gained);
    await page.context().close();
  });

  it('list no image of two runs before both are there', async () => {
    const page = await open('/runs');
    const listed: string[] = [];
    page.on('request', (request) => listed.push(...(/test-images.*/.exec(request.url()) ?? [])));
    const held = new Promise<Route>((hold) => void page.route(`**/api/runs/${ids.ce}`, hold));
    const other = page.waitForResponse(`**/api/runs/${ids.kd}`);
    await page.goto(new URL(`/confusion?runs=${ids.ce},${ids.kd}&flips=gained`, page.url()).href);
    await (await other).finished();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    await (await held).continue();
    await page.locator('img[src*="/test/"]').first().waitFor();
    expect(listed).toEqual([expect.stringContaining(encodeURIComponent(`${ids.ce},${ids.kd}`))]);
    await page.context().close();
  });

  /** How many images the list of an address has, as the server counts them. */
  async function countOfAddress(page: Page): Promise<number> {
    const { lists } = await studio.context.images.open();
    const { colour: _colour, ...filters } = Object.fromEntries(new URL(page.url()).searchParams);
    return lists.list({ filters, sort: 'position', isDescending: false }).length;
  }

  /** Waits for the map to say that so many are in the lasso. */
  async function chosen(page: Page, count: number): Promise<void> {
    await page.locator('[aria-label="In the lasso"] [role=status]', { hasText: `${count} in the lasso` }).waitFor();
  }

  it('have a student answer as winnow predict does, a photograph of 24 megapixels too, and send no byte of it', async () => {
    const page = await open(`/try/${ids.ce}`);
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(new URL(request.url()).pathname);
    });
    await page.getByRole('button', { name: 'cat taken for dog' }).press('Enter');
    const classes = page.getByRole('list', { name: 'Likeliest classes' });
    await classes.waitFor();
    expect(await classes.getByRole('listitem').count()).toBe(3);
    await page.getByRole('button', { name: 'Check against winnow' }).press('Enter');
    await page.getByText('Largest difference of a share: under .0001; the same class.').waitFor();
    expect(sent).toEqual([`/api/try/${ids.ce}/predict`]);
    await page.getByRole('checkbox', { name: 'Where it looks' }).press('Space');
    await page.getByText(/^Hiding (any|row)/).waitFor();
    const photograph = await encodeJpeg({ width: 6000, height: 4000, data: Buffer.alloc(6000 * 4000 * 3, 90) }, 60);
    const choose = (name: string, bytes: Uint8Array): Promise<void> =>
      page.getByLabel('Image file').setInputFiles({ name, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) });
    await choose('photograph.jpg', photograph);
    await page.getByRole('heading', { name: 'photograph.jpg' }).waitFor();
    await page.getByText('from 6000 x 4000 pixels').waitFor();
    await choose('broken.jpg', photograph.subarray(0, 100));
    await page.getByText('This browser cannot read the file as an image.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).press('Enter');
    await classes.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Camera' }).press('Enter');
    await page.getByText(/no camera here|does not (start|let)/).waitFor();
    expect(sent).toHaveLength(1);
    await page.context().close();
  });

  it('draw a lasso on the map, whose count is the server’s, add a box by keys, and open both as a list', async () => {
    const page = await open('/map?kind=clean,closed');
    const stage = page.getByRole('application');
    await page.locator('canvas[data-drawn="30"]').waitFor();
    const { x, y, width, height } = (await stage.boundingBox()) as {
      x: number;
      y: number;
      width: number;
      height: number;
    };
    // Around the corner of clean ones.
    for (const [at, [right, down]] of [
      [0.1, 0.75],
      [0.3, 0.5],
      [0.42, 0.75],
      [0.35, 0.99],
      [0.12, 0.97],
    ].entries()) {
      await page.mouse.move(x + (right as number) * width, y + (down as number) * height);
      if (at === 0) await page.mouse.down();
    }
    await page.mouse.up();
    await page.waitForURL(/lasso=/);
    const first = await countOfAddress(page);
    expect(first).toBeGreaterThan(0);
    await chosen(page, first);
    await page.getByRole('button', { name: 'Add' }).click();
    await stage.focus();
    await page.keyboard.press('l');
    await page.getByText('A box: arrows move its first corner').waitFor();
    for (const key of ['ArrowUp', 'Enter', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Enter']) await page.keyboard.press(key); // prettier-ignore
    await page.waitForURL(/lasso=[^!]*\/[^!]*$/);
    const both = await countOfAddress(page);
    expect(both).toBeGreaterThan(first);
    await chosen(page, both);
    expect(await page.locator('[aria-label="In the lasso"] li img').count()).toBe(both);
    const address = new URL(page.url()).search;
    await page.getByRole('link', { name: 'Open as list' }).click();
    await page.getByText(`${both} of 30 images`).waitFor();
    expect(new URL(page.url()).search).toBe(address);
    await page.context().close();
  });

  it('show images beside those that they are like once a command laid them out; a lasso there is a list, too', async () => {
    const page = await open('/map');
    await page.locator('canvas[data-drawn="30"]').waitFor();
    await page.getByRole('button', { name: 'Neighbours' }).click();
    await page.getByRole('heading', { name: 'These images were not laid out by likeness' }).waitFor();
    await page.getByRole('code').getByText('winnow embed p.yaml --layout').waitFor();
    const file = layoutFile(project.config.paths.state, project.buildId);
    mkdirSync(path.dirname(file), { recursive: true });
    // Two groups, the second of which is interpolated; the last image lies nowhere.
    const side = (of: (row: number) => number) => Float32Array.from({ length: 30 }, (_, row) => (row === 29 ? NaN : of(row))); // prettier-ignore
    const [xs, ys] = [side((row) => (row < 15 ? 0.1 : 0.9)), side((row) => 0.3 + (row % 15) / 40)];
    await writeLayout(file, { count: 30, network: 'n', landmarks: 15, xs, ys }, project.buildId);
    await page.reload();
    await page.locator('canvas[data-drawn="30"]').waitFor();
    await page.getByText('49 % of positions are interpolated').waitFor();
    await page.getByRole('application', { name: /^29 images beside those that they are like/ }).focus();
    await page.keyboard.press('l');
    for (const key of ['Shift+ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Enter']) await page.keyboard.press(key); // prettier-ignore
    for (let turn = 0; turn < 10; turn += 1) {
      await page.keyboard.press('Shift+ArrowLeft');
      await page.keyboard.press('Shift+ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/lasso=neighbours\//);
    expect(await countOfAddress(page)).toBe(15);
    await chosen(page, 15);
    // The same images are marked between the corners of the other layout, where no polygon is drawn.
    expect(await page.locator('svg polygon').count()).toBe(1);
    await page.getByRole('button', { name: 'Triangle' }).click();
    await page.waitForURL(/map\?lasso=neighbours/);
    await chosen(page, 15);
    expect(await page.locator('svg polygon').count()).toBe(1);
    await page.getByRole('link', { name: 'Open as list' }).click();
    await page.getByText('15 of 30 images').waitFor();
    await page.context().close();
    rmSync(file);
  });

  it('have a sign in place of images whose bytes cannot be read: on the map, on sheets, of tests', async () => {
    const page = await open('/');
    await page.route(/\/pic\//, (route) => route.fulfill({ status: 422 }));
    await go(page, '/map');
    await page.locator('[aria-label="On the map"] li a').getByText('no image').nth(29).waitFor();
    // Read aloud, it still says which one.
    await page
      .getByRole('link', { name: /^cat, clean.*: no image$/ })
      .first()
      .waitFor();
    await go(page, '/sheets');
    await page.locator('[aria-label="Sheet"] li').getByText('no image').first().waitFor();
    await go(page, `/confusion?runs=${ids.ce}&true=cat&predicted=dog`);
    await page.getByText('cat, taken for dog: no image').waitFor();
    await go(page, `/try/${ids.ce}`);
    await page.getByRole('button', { name: 'cat taken for dog' }).getByText('no image').waitFor();
    await page.context().close();
  });

  it('tell in one line where there is no camera, where the browser lets nobody use it, and what computes', async () => {
    const devices = (value: string) => `Object.defineProperty(navigator, 'mediaDevices', { value: ${value} });`;
    const refusing = (name: string) =>
      devices(`{ getUserMedia: () => Promise.reject(new DOMException('', '${name}')) }`);
    for (const [script, says] of [
      [refusing('NotFoundError'), 'There is no camera here. Choose a file instead.'],
      [refusing('NotAllowedError'), 'The browser does not let this page use the camera. Choose a file instead.'],
      [refusing('NotReadableError'), 'The camera does not start: another program may use it. Choose a file instead.'],
      [devices('undefined'), 'There is no camera here. Choose a file instead.'], // prettier-ignore
    ] as const) {
      const page = await open(`/try/${ids.ce}`, {}, script);
      await page.getByText(/^WebAssembly.* computes, on the processor: WebGPU is not used\.$/).waitFor();
      await page.getByRole('button', { name: 'Camera …' }).click();
      await page.getByRole('alert').getByText(says, { exact: true }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Choose a file …' }).waitFor();
      await page.context().close();
    }
  });

  it('draw the map anew after its context was lost, and without WebGL2 on a plain canvas', async () => {
    // Else software that draws is not taken for a graphics card.
    const withCard = `const get = WebGL2RenderingContext.prototype.getExtension;
      WebGL2RenderingContext.prototype.getExtension = function (name) {
        return name === 'WEBGL_debug_renderer_info' ? null : get.call(this, name);
      };`;
    const page = await open('/map', {}, withCard);
    await page.locator('canvas[data-drawn="30"]').waitFor();
    const pixels = await page.evaluate<number>(`new Promise((resolve) => {
      const canvas = document.querySelector('canvas');
      const gl = canvas.getContext('webgl2');
      const lose = gl.getExtension('WEBGL_lose_context');
      canvas.addEventListener('webglcontextlost', () => setTimeout(() => lose.restoreContext()));
      canvas.addEventListener('webglcontextrestored', () => {
        const bytes = new Uint8Array(4 * canvas.width * canvas.height);
        gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
        resolve(bytes.filter((value) => value > 0).length);
      });
      lose.loseContext();
    })`);
    expect(pixels).toBeGreaterThan(100);
    await page.context().close();
    const without = `const get = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind === 'webgl2' ? null : get.call(this, kind, ...more);
      };`;
    const plain = await open('/map?lasso=0:0,.5:0,0:.5', {}, without);
    await plain.getByText('No graphics card with WebGL2').waitFor();
    await plain.locator('canvas[data-drawn="30"]').waitFor();
    const drawn = await plain.evaluate<number>(`(() => {
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value) => value > 0).length;
    })()`);
    expect(drawn).toBeGreaterThan(100);
    await plain.context().close();
  });

  it('are gone through without a mouse: images, one of them, a note, images alike; the focus is never lost', async () => {
    const rows = project.digests.map((sha256) => ({ sha256, values: Float32Array.of(1, 0) }));
    await studio.context.database.use((db) => saveEmbeddings(db, 'n', rows));
    const page = await open('/pictures?decided=none');
    const { keyboard } = page;
    await page.locator('#tile-1 img[src]').waitFor();
    await keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'One image' });
    await panel.getByText('Nearest').focus();
    await keyboard.press('Enter');
    await panel.getByRole('link', { name: 'Nearest, 9' }).waitFor();
    await panel.getByRole('button', { name: 'Next image' }).press('Enter');
    await page.getByRole('grid').focus();
    await keyboard.press('n');
    await page.getByRole('status').getByText('A note belongs to a decision').waitFor();
    await keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await keyboard.press('Control+k');
    await keyboard.type('review');
    await keyboard.press('Enter');
    await page.getByRole('link', { name: /^doubt/ }).press('Enter');
    await page.getByRole('group', { name: 'Decisions' }).waitFor();
    const tray = page.getByRole('region', { name: 'Images like the last one' });
    await tray.getByText('come here').waitFor();
    // Of another class than the sheet above: images of it come again, drawn by ids that are others each time.
    const queue = page.waitForResponse(/api\/review\/doubt.*given=cat/);
    await page.getByLabel('found as').press('c');
    await queue;
    await page.getByRole('button', { name: /cat is right/ }).waitFor();
    await page.getByRole('checkbox', { name: 'blind' }).focus();
    await keyboard.press('n');
    await keyboard.type('quite sure');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'note ✓' }).waitFor();
    // What passes is asked for again: here the database was away for a moment.
    const away = { error: { code: 'DATABASE_UNREACHABLE', message: 'away', where: null, next: null } };
    await page.route('**/api/alike/*', (route) => route.fulfill({ status: 503, json: away }), { times: 1 });
    await keyboard.press('2');
    const alike = tray.getByRole('button', { name: /^Like the last one/ });
    await alike.nth(2).waitFor();
    const count = await alike.count();
    await keyboard.press('c');
    await keyboard.press('Space');
    await keyboard.press('Shift+Enter');
    await page
      .getByRole('status')
      .getByText(`${count - 1} images like it: dog`)
      .waitFor();
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Images like the last one');
    await page.waitForSelector('text=all stored');
    const { rows: lines } = await studio.context.database.use((_db, { executeSql }) =>
      executeSql(
        `select origin, says, note from decisions where batch = (select batch from decisions where note is not null) order by seq`,
      ),
    );
    const same = { origin: 'propagated', says: 'class:dog', note: null };
    expect(lines).toEqual([{ origin: 'one', says: 'class:dog', note: 'quite sure' }, ...Array(count - 1).fill(same)]);
    await keyboard.press('u');
    await page.waitForSelector('text=0 now');
    await page.waitForSelector('text=all stored');
    await page.getByRole('checkbox', { name: 'blind' }).press('Space');
    await page.getByText('Nothing is said of the image').waitFor();
    expect(await page.getByRole('button', { name: /agree/ }).count()).toBe(0);
    const log = await studio.context.decisions.current();
    expect(log.linesOf('propagated').every(({ isUndone }) => isUndone)).toBe(true);
    await page.context().close();
  });
});
