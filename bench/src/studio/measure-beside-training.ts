import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ImageColumns } from '@winnow/columns';
import type { ImageWindow } from '@winnow/contracts';
import { median, percentile95 } from '../harness/figures';
import { processTree, readProcess } from '../harness/process-tree';
import { runMeasured } from '../harness/process-usage';
import type { TreeUsage } from '../harness/process-usage';
import { WINNOW } from '../harness/workspace';
import { decideSteadily } from './measure-decisions';
import type { StudioBench } from './studio-bench';
import { startStudioProcess } from './studio-process';
import { openTab, withBrowser } from './studio-tab';

const EPOCHS = 6;
const MAX_TURNS = 3;
const MAX_LOOKS = 600;
/** A person's pace (studio.md 3.4 has 2.1 s each): ten a second, as keys can, nobody keeps up while a student learns. */
const LOOK_MILLIS = 1000;
const GOALS = { decisionP95Millis: 150, slowdown: 1.03 } as const;

/**
 * Check 45: decisions while a student learns on all processors, and what that costs the student. In turns on the project of a
 * small `winnow demo`: without a studio, and with one whose page is open and in which somebody decides once a second.
 */
export async function measureBesideTraining({ folder, rounds, io }: StudioBench) {
  const file = path.join(folder, 'demo.yaml');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path.join(folder, 'report.html'))) {
    io.log('Making the demo of which a student learns');
    await winnow(['demo', '--dir', folder, '--per-class', '40', '--epochs', '1']);
  }
  const alone: TreeUsage[] = [];
  const beside: TreeUsage[] = [];
  const times: number[] = [];
  /** Processor time of the studio and of the browser, seconds a second of training. */
  const [studioShares, browserShares]: [number[], number[]] = [[], []];
  let lost = 0;
  for (let turn = 0; turn < Math.min(rounds, MAX_TURNS); turn += 1) {
    alone.push(await train());
    const studio = await startStudioProcess(file, io.signal);
    try {
      const { tiles } = await studio.untilRead('/api/images?count=60');
      const withPage = async (): Promise<void> => {
        let isOver = false;
        const before = { studio: studio.cpuMillis(), browser: browserCpuMillis() };
        const training = train().finally(() => (isOver = true));
        const pace = { count: MAX_LOOKS, millis: LOOK_MILLIS, isOver: () => isOver };
        const decided = await decideSteadily(studio, columnsOf(tiles), pace);
        times.push(...decided.times);
        lost += decided.lost;
        const usage = await training;
        beside.push(usage);
        studioShares.push((studio.cpuMillis() - before.studio) / 1000 / usage.wallSeconds);
        browserShares.push((browserCpuMillis() - before.browser) / 1000 / usage.wallSeconds);
      };
      const seen = await withBrowser(async (browser) => {
        const { page } = await openTab(browser, { link: studio.link, address: '/pictures' });
        // What it takes to open a page is measured elsewhere.
        await page.waitForFunction(() => watched.isFilled());
        await page.evaluate(() => watched.rest());
        await withPage();
        return true;
      });
      if (seen === null) await withPage();
    } finally {
      await studio.stop();
    }
  }
  const of = (usages: readonly TreeUsage[], name: 'wallSeconds' | 'cpuSeconds'): number =>
    median(usages.map((usage) => usage[name]));
  const figures = {
    ...{ decisions: times.length, lost },
    decisionMedianMillis: median(times),
    decisionP95Millis: percentile95(times),
    aloneSeconds: of(alone, 'wallSeconds'),
    besideSeconds: of(beside, 'wallSeconds'),
    slowdown: of(beside, 'wallSeconds') / of(alone, 'wallSeconds'),
    /** Of processor time: what is the studio's, and not that of others on the machine, shows here. */
    cpuSlowdown: of(beside, 'cpuSeconds') / of(alone, 'cpuSeconds'),
    studioShare: median(studioShares),
    browserShare: median(browserShares),
  };
  const isHeld =
    lost === 0 && figures.decisionP95Millis < GOALS.decisionP95Millis && figures.slowdown <= GOALS.slowdown;
  return { ...figures, isHeld };

  function train(): Promise<TreeUsage> {
    const seed = 100 + readdirSync(path.join(folder, '.winnow', 'runs')).length;
    return winnow(['train', file, '--method', 'kd', '--seed', String(seed), '--epochs', String(EPOCHS)]);
  }

  function winnow(args: readonly string[]): Promise<TreeUsage> {
    const env = { ...process.env, DATABASE_URL: '' };
    return runMeasured({ command: process.execPath, args: [WINNOW, ...args], cwd: folder, env, signal: io.signal });
  }
}

/** Of all Chromium processes below this one, none of which ended meanwhile. */
function browserCpuMillis(): number {
  const tree = processTree(process.pid).filter((pid) => /chrom/.test(commandName(pid)));
  return tree.reduce((sum, pid) => sum + (readProcess(pid)?.cpuSeconds ?? 0) * 1000, 0);
}

function commandName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}

/** What decisions are made of: images that the studio has. */
export function columnsOf(tiles: ImageWindow['tiles']): Pick<ImageColumns, 'digest' | 'count'> {
  return { digest: Buffer.concat(tiles.map(({ sha256 }) => Buffer.from(sha256, 'hex'))), count: tiles.length };
}
