import type { BuildRehearsal, StudioHandover, StudioStep } from '@winnow/contracts';
import { hasTestBrowser } from '@winnow/testing';
import { PageBrowser } from './spec-support/page-browser';
import { STUB_CLASSES, stubSha256, stubWindow } from './spec-support/stub-images';

const chromium = new PageBrowser();
const { studio } = chromium;
const inChromium = hasTestBrowser ? describe : describe.skip;

inChromium('states of the page', () => {
  beforeAll(() => chromium.start());
  afterAll(() => chromium.stop());
  beforeEach(() => {
    studio.decisions = [];
    studio.overrides.clear();
  });

  it('columns are read for the first time: said with how far that is, in the frame; then the list is there by itself', async () => {
    const reading = {
      error: { code: 'RESOURCE_LIMIT', message: 'Reading 2,000 images once: 34 %', where: null, next: null },
    };
    for (const address of ['/api/images', '/api/facets']) studio.overrides.set(address, [503, reading]);
    const page = await chromium.open('/pictures');
    await page.getByText('Reading 2,000 images once: 34 %').first().waitFor();
    await page.getByRole('link', { name: 'Measure' }).waitFor();
    studio.overrides.clear();
    await page.locator('#tile-0 img[src]').waitFor();
    await page.context().close();
  });

  it('an image that was forgotten is a tile that says so, a damaged one says that there is none', async () => {
    const { tiles, ...facts } = stubWindow(20, new URLSearchParams(), []);
    const changed = tiles.map((tile) => (tile.index === 2 ? { ...tile, isForgotten: true } : tile));
    studio.overrides.set('/api/images', [200, { ...facts, tiles: changed }]);
    const page = await chromium.open('/pictures');
    await page.locator('#tile-13').getByText('no image').waitFor();
    await page.locator('#tile-2').getByText('forgotten').waitFor();
    expect(await page.locator('#tile-2 img[src], #tile-13 img[src]').count()).toBe(0);
    await page.context().close();
  });

  it('somebody else decides otherwise: said with the name, and the image is shown as disputed', async () => {
    const page = await chromium.open('/pictures');
    await page.locator('#tile-0 img[src]').waitFor();
    await page.keyboard.press('o');
    await studio.whenStored(1);
    await page.getByText('all stored ✓').waitFor();
    const line = { person: 'Ben', sha256: stubSha256(0), otherSha256: null, says: 'class:cat' };
    studio.overrides.set('/api/decisions', [200, { lines: [line], last: 2 }]);
    const { tiles, ...facts } = stubWindow(20, new URLSearchParams(), []);
    studio.overrides.set('/api/images', [
      200,
      { ...facts, tiles: tiles.map((tile) => (tile.index === 0 ? { ...tile, state: 'disputed' } : tile)) },
    ]);
    studio.publish('decisions');
    await page.getByText('Ben decided otherwise of an image that you decided').first().waitFor();
    await page.locator('#tile-0[data-mark=disputed]').waitFor();
    await page.context().close();
  });

  it('a data set that may fold copies otherwise: counted about, then by its plan, or why there is none', async () => {
    const byClass = STUB_CLASSES.map((name) => ({ name, count: 20 }));
    const counted: StudioHandover = {
      base: { buildId: '7f3a'.repeat(4), splitId: '91c0'.repeat(4), method: 'winnow', samples: 2000 },
      ...{ licenses: [{ value: 'by', count: 100 }], where: 'kind = clean', holdout: null },
      ...{ count: 100, byClass, relabelled: 0, decidedOut: 0, remarks: [] },
      inexact: ['12 of these stand for copies, which may have other licences.'],
    };
    const plan: BuildRehearsal = {
      ...{ build: 'ab'.repeat(8), isBuilt: false, kinds: { clean: 97 }, relabelled: 0 },
      counts: { samples: 97, perClass: Object.fromEntries(STUB_CLASSES.map((name) => [name, 19])) },
      licenses: { by: 90, unknown: 7 },
    };
    studio.overrides.set('/api/runs', [200, { runs: [], groups: [], teacherAccuracy: null }]);
    studio.overrides.set('/api/handover', [200, counted]);
    studio.overrides.set('/api/handover/plan', [200, plan]);
    let release = (): void => undefined;
    studio.held.set('/api/handover/plan', new Promise<void>((resolve) => (release = resolve)));
    const page = await chromium.open('/handover?licenses=by');
    const status = page.getByRole('status').filter({ hasText: 'of 2,000 images' });
    await status.filter({ hasText: 'about 100 of 2,000' }).waitFor();
    await page.getByText('12 of these stand for copies').waitFor();
    studio.held.clear();
    release();
    await status.filter({ hasText: '97 of 2,000' }).waitFor();
    await page.getByText('Licences: by 90 · not stated 7').waitFor();
    expect(await status.textContent()).not.toContain('about');
    expect(await page.getByText('12 of these stand for copies').count()).toBe(0);
    studio.overrides.set('/api/handover/plan', [
      403,
      { error: { code: 'USAGE', message: 'This studio was started with --read-only.', where: null, next: null } },
    ]);
    await page.reload();
    await page.getByText('This studio was started with --read-only.').waitFor();
    await status.filter({ hasText: 'about 100 of 2,000' }).waitFor();
    await page.context().close();
  });

  it('a step failed: its end in words, its last lines, the command, and Again', async () => {
    const step: StudioStep = {
      ...{ id: 'a', step: 'train', options: { seed: 3 }, command: 'winnow train birds.yaml --seed 3', state: 'ended' },
      ...{ startedAt: '2026-11-30T12:00:00.000Z', endedAt: '2026-11-30T12:01:00.000Z', exitCode: 1 },
      ...{ outcome: 'It failed.', lines: ['one', 'Error: the teacher is missing'] },
    };
    studio.overrides.set('/api/steps', [200, { steps: [step], refused: null }]);
    studio.overrides.set('/api/runs', [200, { runs: [], groups: [], teacherAccuracy: null }]);
    const page = await chromium.open('/runs');
    const shown = page.getByRole('region', { name: step.command });
    for (const text of ['It failed.', step.command]) await shown.getByText(text).first().waitFor();
    await shown.locator('pre').getByText('Error: the teacher is missing').waitFor();
    const asked = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/steps'));
    await shown.getByRole('button', { name: 'Again' }).click();
    expect((await asked).postDataJSON()).toEqual({ step: 'train', options: { seed: 3 } });
    await page.context().close();
  });

  it.each([
    ['/sheets', '/api/sheets', 'Loading …'],
    ['/measure', '/api/measure', 'Loading …'],
    ['/try/a', '/api/try/a/weights', 'Loading … (2000 kB of weights, and WebAssembly)'],
  ])('what is not there yet has a word after 400 ms, and none before: %s', async (address, route, word) => {
    const run = { id: 'a', name: 'a', mistakes: [], mistakesMissing: null, temperature: 1, weightsBytes: 2_000_000 };
    studio.overrides.set('/api/try/a', [200, run]);
    let release = (): void => undefined;
    studio.held.set(route, new Promise((resolve) => (release = resolve)));
    const page = await chromium.open('/');
    await page.getByRole('link', { name: 'Measure' }).waitFor();
    // Time stands still from here on, but for what is asked of it.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.evaluate(
      `(history.pushState(null, '', ${JSON.stringify(address)}), dispatchEvent(new PopStateEvent('popstate')))`,
    );
    const waiting = page.locator('[data-waiting]');
    await waiting.waitFor({ state: 'attached' });
    await page.clock.runFor(399);
    expect(await waiting.textContent()).toBe('');
    await page.clock.runFor(2);
    await waiting.getByText(word, { exact: true }).waitFor();
    release();
    studio.held.clear();
    await page.context().close();
  });

  it('never broke the policy of the server, nor threw', () => {
    expect(chromium.complaints).toEqual([]);
  });
});
