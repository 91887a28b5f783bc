import type { Browser } from 'playwright';
import { WinnowError } from '@winnow/contracts';
import { median, percentile95 } from '../harness/figures';
import { processTree, readProcess } from '../harness/process-tree';
import { startStudioProcess } from './studio-process';
import type { StudioBench } from './studio-bench';
import { heapBytes, openTab, tabWork, withBrowser } from './studio-tab';
import type { StudioTab } from './studio-tab';

const ADDRESS = '/pictures?sort=doubt';
const WHEEL_MILLIS = 10_000;
const WHEEL_PIXELS = 240;
const JUMPS = 10;
const IMAGES_PASSED = 100_000;
const GOALS = { firstPageMillis: 1000, smoothShare: 0.95, longTasks: 0, elements: 2500, heapBytes: 150e6 } as const;

/** Checks 3 and 4, and the tab of 7: the first page of a cold browser, the wheel, jumps, and what is left in memory. */
export async function measureScrolling(bench: StudioBench) {
  const studio = await startStudioProcess(bench.project.file, bench.io.signal);
  try {
    await studio.untilRead('/api/images?sort=doubt&count=60');
    const figures = await withBrowser((browser) => measureIn(browser, studio.link, bench));
    if (figures === null) return { skipped: 'no Chromium', isHeld: null };
    const { firstPageMillis, wheel, elements, heapBytesAfter } = figures;
    const isHeld =
      firstPageMillis <= GOALS.firstPageMillis &&
      wheel.smoothShare >= GOALS.smoothShare &&
      wheel.longTasks === GOALS.longTasks &&
      elements <= GOALS.elements &&
      heapBytesAfter <= GOALS.heapBytes;
    return { ...figures, isHeld };
  } finally {
    await studio.stop();
  }
}

async function measureIn(browser: Browser, link: string, { rounds }: StudioBench) {
  const first: number[] = [];
  const firstCpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const tab = await openTab(browser, { link, address: ADDRESS });
    first.push(await untilFirstPage(tab));
    firstCpu.push((await tabWork(tab)).task * 1000);
    await tab.page.context().close();
  }
  const tab = await openTab(browser, { link, address: ADDRESS });
  await untilFirstPage(tab);
  const wheel = await turnWheel(tab);
  const jumps = await jump(tab);
  const elements = await tab.page.evaluate(() => watched.countElements());
  const passed = await passImages(tab);
  return {
    firstPageMillis: median(first),
    firstPageCpuMillis: median(firstCpu),
    wheel,
    jumps,
    elements,
    imagesPassed: passed,
    heapBytesAfter: await heapBytes(tab),
  };
}

async function untilFirstPage({ page }: StudioTab): Promise<number> {
  await page.waitForFunction(() => watched.read().firstPageMillis > 0);
  return page.evaluate(() => watched.read().firstPageMillis);
}

/** Ten seconds of the wheel over the grid. */
async function turnWheel(tab: StudioTab) {
  const { page } = tab;
  await page.mouse.move(700, 500);
  await page.evaluate(() => {
    watched.forget();
    watched.watchFrames();
  });
  const before = await tabWork(tab);
  const endsAt = performance.now() + WHEEL_MILLIS;
  while (performance.now() < endsAt) await page.mouse.wheel(0, WHEEL_PIXELS);
  const after = await tabWork(tab);
  const { frames, longTasks } = await page.evaluate(() => {
    watched.rest();
    return watched.read();
  });
  const perFrame = (name: keyof typeof before): number => ((after[name] - before[name]) * 1000) / frames.length;
  return {
    frames: frames.length,
    /** Of at most 17 ms, as browsers round. */
    smoothShare: frames.filter((millis) => millis <= 17.1).length / frames.length,
    frameMedianMillis: median(frames),
    frameP95Millis: percentile95(frames),
    longTasks: longTasks.length,
    longestTaskMillis: Math.max(0, ...longTasks),
    scriptCpuMillisPerFrame: perFrame('script'),
    layoutAndStyleCpuMillisPerFrame: perFrame('layout') + perFrame('style'),
    taskCpuMillisPerFrame: perFrame('task'),
  };
}

/** Jumps of the scrubber to places all over the list. */
async function jump(tab: StudioTab) {
  const { page } = tab;
  const box = await page.getByRole('slider', { name: 'Place in the list' }).boundingBox();
  if (box === null) throw new WinnowError('INTERNAL', 'The grid has no scrubber', { where: ADDRESS });
  const filled: number[] = [];
  await page.evaluate(() => watched.forget());
  const [before, cpuBefore] = [await tabWork(tab), childrenCpuMillis()];
  for (let index = 0; index < JUMPS; index += 1) {
    const share = ((index * 7 + 3) % JUMPS) / JUMPS + 0.05;
    const startedAt = performance.now();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height * share);
    // Not at each frame: a page at rest would have to draw one for it.
    await page.waitForFunction(() => watched.isFilled(), undefined, { polling: 10 });
    filled.push(performance.now() - startedAt);
  }
  const [after, cpuAfter] = [await tabWork(tab), childrenCpuMillis()];
  const { longTasks } = await page.evaluate(() => watched.read());
  return {
    filledMedianMillis: median(filled),
    filledMaxMillis: Math.max(...filled),
    longTasks: longTasks.length,
    scriptCpuMillisPerJump: ((after.script - before.script) * 1000) / JUMPS,
    cpuMillisPerJump: (cpuAfter - cpuBefore) / JUMPS,
  };
}

/** Of the studio and of all processes of the browser so far. */
function childrenCpuMillis(): number {
  const children = processTree(process.pid).filter((pid) => pid !== process.pid);
  return children.reduce((sum, pid) => sum + (readProcess(pid)?.cpuSeconds ?? 0) * 1000, 0);
}

/** By keys through so many images, and whether they were passed. @returns the place of the focus */
async function passImages({ page }: StudioTab): Promise<number> {
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+Home');
  const place = (): Promise<number> => page.evaluate(() => watched.place());
  const presses = 50;
  for (let known = await place(), isAtEnd = false; known < IMAGES_PASSED && !isAtEnd;) {
    await page.evaluate((times) => watched.press('PageDown', times), presses);
    const next = await place();
    isAtEnd = next <= known;
    known = next;
  }
  return place();
}
