import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { digestOf } from '@winnow/columns';
import type { ImageColumns } from '@winnow/columns';
import type { Decision, DecisionsStored, PersonLink } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import type { Page } from 'playwright';
import { median, percentile95 } from '../harness/figures';
import { saveProjectRows } from './million-project';
import { holdAll } from './studio-bench';
import type { StudioBench } from './studio-bench';
import { startStudioProcess } from './studio-process';
import type { StudioProcess } from './studio-process';
import { openTab, tabWork, withBrowser } from './studio-tab';
import { withPostgres } from './with-postgres';

const LOOKS = 100;
/** Ten a second. */
const LOOK_MILLIS = 100;
const MAX_ASKED = 100;
/** Of a screen that is drawn sixty times a second, and what clocks are off by. */
const FRAME_MILLIS = 1000 / 60 + 1;
const BULK = 10_000;
/** Decisions that somebody else follows: so many images are in view. */
const FOLLOWED = 50;
/** A screen that is drawn sixty times a second shows what is ready after up to 16.7 ms, however quick that was: so what counts is its next turn. */
const GOALS = {
  inNextFrame: 0.95,
  workP95Millis: 16,
  storedP95Millis: 50,
  bulkMillis: 1500,
  seenP95Millis: 1000,
} as const;

/** Checks 10, 11 and 16: decisions stored on both databases, many at once, taken back, painted, and seen by somebody else. */
export async function measureDecisions(bench: StudioBench) {
  const pglite = await measureStored(bench);
  const postgres = await withPostgres(async (url) => {
    const handle = await openDatabase({ url, stateDir: bench.folder, holder: 'npm run bench' });
    try {
      await saveProjectRows(handle, bench.project);
    } finally {
      await handle.close();
    }
    return measureStored(bench, url);
  });
  const paint = await measurePaint(bench);
  const seen = await measureSeen(bench);
  const isHeld = holdAll([
    isStoredInTime(pglite),
    postgres === null ? null : isStoredInTime(postgres),
    paint === null ? null : isPaintedInTime(paint),
    seen === null ? null : seen.seenP95Millis <= GOALS.seenP95Millis && seen.unseen === 0,
  ]);
  const [ofPostgres, inBrowser] = [postgres ?? 'not installed', paint ?? 'no Chromium'];
  return { pglite, postgres: ofPostgres, paint: inBrowser, seen: seen ?? 'no Chromium', isHeld };
}

function isStoredInTime(figures: Awaited<ReturnType<typeof measureStored>>): boolean {
  const { storedP95Millis, bulkMillis, undoMillis, lost } = figures;
  return storedP95Millis < GOALS.storedP95Millis && Math.max(bulkMillis, undoMillis) < GOALS.bulkMillis && lost === 0;
}

function isPaintedInTime({
  inNextFrame,
  workP95Millis,
  lost,
}: NonNullable<Awaited<ReturnType<typeof measurePaint>>>): boolean {
  return inNextFrame >= GOALS.inNextFrame && workP95Millis <= GOALS.workP95Millis && lost === 0;
}

async function measureStored({ project, rounds, io }: StudioBench, databaseUrl = '') {
  const studio = await startStudioProcess(project.file, io.signal, databaseUrl);
  try {
    await studio.untilRead('/api/images?count=1');
    // The first one opens the log.
    await studio.post('/api/decisions', { decisions: [lineOf(project.columns, BULK)] });
    const cpuBefore = studio.cpuMillis();
    const { times, lost } = await decideSteadily(studio, project.columns, { count: LOOKS, millis: LOOK_MILLIS });
    const storedCpuMillis = (studio.cpuMillis() - cpuBefore) / LOOKS;
    const [bulk, undo]: [number[], number[]] = [[], []];
    let missing = lost;
    for (let round = 0; round < rounds; round += 1) {
      const batch = randomUUID();
      const decisions = Array.from({ length: BULK }, (_, row) => lineOf(project.columns, row, batch));
      const [stored, bulkMillis] = await timed(() => studio.post<DecisionsStored>('/api/decisions', { decisions }));
      const [, undoMillis] = await timed(() => studio.post('/api/undo', { id: randomUUID(), batch }));
      bulk.push(bulkMillis);
      undo.push(undoMillis);
      missing += BULK - stored.stored.length;
    }
    return {
      storedMedianMillis: median(times),
      storedP95Millis: percentile95(times),
      storedCpuMillis,
      bulkMillis: median(bulk),
      undoMillis: median(undo),
      lost: missing,
    };
  } finally {
    await studio.stop();
  }
}

interface SteadyOptions {
  readonly count: number;
  /** From one to the next. */
  readonly millis: number;
  /** Ends them earlier. */
  readonly isOver?: () => boolean;
}

/** Decisions one after the other, as a person at the keys makes them. */
export async function decideSteadily(
  studio: StudioProcess,
  columns: Pick<ImageColumns, 'digest' | 'count'>,
  { count, millis: everyMillis, isOver = () => false }: SteadyOptions,
): Promise<{ readonly times: readonly number[]; readonly lost: number }> {
  const times: number[] = [];
  let lost = 0;
  const startedAt = performance.now();
  for (let look = 0; look < count && !isOver(); look += 1) {
    await delay(Math.max(0, startedAt + look * everyMillis - performance.now()));
    const decisions = [lineOf(columns, look % columns.count)];
    const [{ stored }, millis] = await timed(() => studio.post<DecisionsStored>('/api/decisions', { decisions }));
    times.push(millis);
    lost += 1 - stored.length;
  }
  return { times, lost };
}

function lineOf(columns: Pick<ImageColumns, 'digest' | 'count'>, row: number, batch = randomUUID()): Decision {
  const sha256 = digestOf(columns as ImageColumns, row % columns.count);
  return { id: randomUUID(), sha256, says: 'open', origin: 'one', batch };
}

/** In a browser: from a key to the end of the frame that shows it. */
async function measurePaint({ project, io }: StudioBench) {
  const studio = await startStudioProcess(project.file, io.signal);
  try {
    await studio.untilRead('/api/images?count=1');
    const before = (await studio.json<{ readonly last: number }>('/api/decisions')).last;
    return await withBrowser(async (browser) => {
      const tab = await openTab(browser, { link: studio.link, address: '/review/doubt' });
      const { page } = tab;
      await page
        .getByRole('button', { name: /none of/i })
        .first()
        .waitFor();
      await page.evaluate(() => {
        watched.rest();
        watched.forget();
      });
      const workBefore = await tabWork(tab);
      const startedAt = performance.now();
      for (let look = 0; look < LOOKS; look += 1) {
        await delay(Math.max(0, startedAt + look * LOOK_MILLIS - performance.now()));
        await page.keyboard.press('o');
      }
      await page.getByText('all stored').first().waitFor();
      const workAfter = await tabWork(tab);
      const { presses, longTasks } = await page.evaluate(() => watched.read());
      // Presses wait for their image: those that came before it are decided later, and are not lost.
      let last = before;
      for (let asked = 0; asked < MAX_ASKED && last - before < LOOKS; asked += 1) {
        await delay(LOOK_MILLIS);
        last = (await studio.json<{ readonly last: number }>('/api/decisions')).last;
      }
      return {
        paintMedianMillis: median(presses.map(({ paintMillis }) => paintMillis)),
        paintP95Millis: percentile95(presses.map(({ paintMillis }) => paintMillis)),
        /** Share of keys that the screen shows at its next turn. */
        inNextFrame: presses.filter(({ turnMillis }) => turnMillis <= FRAME_MILLIS).length / LOOKS,
        workMedianMillis: median(presses.map(({ workMillis }) => workMillis)),
        workP95Millis: percentile95(presses.map(({ workMillis }) => workMillis)),
        /** Of the page's thread, all that a key leads to: the next image, its facts, storing. */
        cpuMillisPerKey: ((workAfter.task - workBefore.task) * 1000) / LOOKS,
        longTasks: longTasks.length,
        lost: LOOKS - (last - before),
      };
    });
  } finally {
    await studio.stop();
  }
}

/** Two people, a browser each: from the answer that a decision of one is stored to the frame of the other that shows it. */
async function measureSeen({ project, io }: StudioBench) {
  const studio = await startStudioProcess(project.file, io.signal);
  try {
    await studio.untilRead('/api/images?count=1');
    const { link } = await studio.post<PersonLink>('/api/people', { name: 'Ben' });
    return await withBrowser(async (browser) => {
      const links = [studio.link, link];
      const tabs = await Promise.all(links.map((own) => openTab(browser, { link: own, address: '/pictures' })));
      const [deciding, following] = tabs.map(({ page }) => page) as [Page, Page];
      for (const page of [deciding, following]) {
        await page.waitForFunction(() => watched.isFilled());
        await page.evaluate(() => {
          watched.rest();
          watched.watchDecisions();
        });
      }
      const startedAt = performance.now();
      for (let look = 0; look < FOLLOWED; look += 1) {
        await delay(Math.max(0, startedAt + look * LOOK_MILLIS - performance.now()));
        await deciding.keyboard.press('v');
      }
      const isSeen = (count: number) => Object.keys(watched.read().shown).length >= count;
      await following.waitForFunction(isSeen, FOLLOWED).catch(() => undefined);
      const [{ stored }, { shown }] = [
        await deciding.evaluate(() => watched.read()),
        await following.evaluate(() => watched.read()),
      ];
      // The key goes on to the next tile.
      const times = stored.flatMap((storedAt, index) => {
        const shownAt = shown[`tile-${index}`];
        return shownAt === undefined ? [] : [shownAt - storedAt];
      });
      return {
        seenMedianMillis: median(times),
        seenP95Millis: percentile95(times),
        unseen: FOLLOWED - times.length,
      };
    });
  } finally {
    await studio.stop();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  const result = await work();
  return [result, performance.now() - startedAt];
}
