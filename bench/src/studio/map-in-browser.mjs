/**
 * What a person waits for on the map: `node bench/src/studio/map-in-browser.mjs LINK IMAGES ROUNDS`, one line of JSON.
 * A program of its own, as only the crawler and specs may import playwright.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright';

const CHROMIUM = '/usr/bin/chromium';
const WAIT_MILLIS = 60_000;
const TICK_MILLIS = 10;

const [link, images, rounds] = process.argv.slice(2);
const { origin } = new URL(link);
// Software draws, as on a machine without a graphics card: what is measured is the worst.
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
const browser = await chromium.launch({ executablePath: CHROMIUM, args });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(WAIT_MILLIS);
  await page.goto(link);
  await page.locator('#main').waitFor();
  const paints = [];
  for (let round = 0; round < Number(rounds); round += 1) paints.push(await withCpu(() => firstPaint(page)));
  const lassos = [];
  for (let round = 0; round < Number(rounds); round += 1) lassos.push(await drawLasso(page, round));
  process.stdout.write(`${JSON.stringify({ paints, lassos })}\n`);
} finally {
  await browser.close();
}

/** From navigation to all points on the canvas. */
async function firstPaint(page) {
  await page.goto(`${origin}/map`);
  await page.locator(`canvas[data-drawn="${images}"]`).waitFor();
  const millis = await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now()))),
  );
  return { millis };
}

/** From letting go of the button to the count, and the points in the lasso drawn. */
async function drawLasso(page, round) {
  const box = await page.getByRole('application').boundingBox();
  const at = (turn) => {
    const angle = (turn / 40) * 2 * Math.PI;
    const radius = 0.15 + 0.05 * Math.sin(5 * angle);
    const [x, y] = [0.45 + 0.02 * round + 0.15 * Math.cos(angle), 0.6 + radius * Math.sin(angle)];
    return [box.x + x * box.width, box.y + y * box.height];
  };
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let turn = 1; turn <= 40; turn += 1) await page.mouse.move(...at(turn));
  // The listener is there before the button is let go: events overtake what is evaluated.
  await page.evaluate((search) => {
    globalThis.drawn = new Promise((resolve) => {
      let letGo = 0;
      addEventListener('pointerup', () => (letGo = performance.now()), { capture: true, once: true });
      const look = () => {
        const said = document.querySelector('[aria-label="In the lasso"] [role=status]')?.textContent ?? '…';
        if (letGo === 0 || location.search === search || said.includes('…')) return requestAnimationFrame(look);
        const count = Number(said.replace(/\D/g, ''));
        const finish = () => resolve({ millis: performance.now() - letGo, count, search: location.search });
        return requestAnimationFrame(finish);
      };
      look();
    });
  }, new URL(page.url()).search);
  return withCpu(async () => {
    await page.mouse.up();
    return page.evaluate(() => globalThis.drawn);
  });
}

/** Adds the processor time of all the browser's processes meanwhile: what it takes where nothing else runs, or less. */
async function withCpu(act) {
  const before = browserCpuMillis();
  const result = await act();
  return { ...result, cpuMillis: browserCpuMillis() - before };
}

function browserCpuMillis() {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(name));
  const family = new Set([process.pid]);
  let cpuMillis = 0;
  // A parent has a lower number than its children, but for numbers that began anew.
  for (const { id, parent, ticks } of processes.sort((a, b) => a.id - b.id)) {
    if (!family.has(parent)) continue;
    family.add(id);
    cpuMillis += ticks * TICK_MILLIS;
  }
  return cpuMillis;
}

function statOf(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [{ id: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
