import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ImageColumns } from '@winnow/columns';
import type { CommandIo } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { median } from '../harness/figures';
import { runJson } from '../harness/run-json';
import { holdAll } from './studio-bench';
import type { PartFigures, StudioBench } from './studio-bench';
import { startStudioProcess } from './studio-process';
import type { StudioProcess } from './studio-process';

/** Goals of the design for a million points. */
const GOALS = { firstPaintMillis: 2000, lassoMillis: 150 } as const;
const LASSOS = 12;
const CORNERS = 40;
const CHROMIUM = '/usr/bin/chromium';

/** Milliseconds; null where there is no Chromium. */
interface MapFigures {
  /** A mask of a lasso of 40 corners, by the server alone. */
  readonly mapMaskMillis: number;
  /** From navigation to all points on the canvas, drawn by software. */
  readonly mapFirstPaintMillis: number | null;
  /** Processor time of the whole browser meanwhile: about what it takes where nothing else runs. */
  readonly mapFirstPaintCpuMillis: number | null;
  /** From letting go of the button to its count, and its points drawn. */
  readonly lassoMillis: number | null;
  readonly lassoCpuMillis: number | null;
  /** Counts of lassos that were not those of a loop over all images. */
  readonly wrongLassos: number;
}

interface Timed {
  readonly millis: number;
  readonly cpuMillis: number;
}
interface DrawnLasso extends Timed {
  readonly count: number;
  readonly search: string;
}

/** What the map takes: of the server, and in a browser of a person. */
export async function measureMap({ project, rounds, io }: StudioBench): Promise<MapFigures & PartFigures> {
  const studio = await startStudioProcess(project.file, io.signal);
  try {
    await studio.untilRead('/api/images?count=1');
    const figures = await measureIn(studio, project.columns, { rounds, io });
    return { ...figures, isHeld: isHeld(figures) };
  } finally {
    await studio.stop();
  }
}

async function measureIn(
  studio: StudioProcess,
  columns: ImageColumns,
  { rounds, io }: { readonly rounds: number; readonly io: Pick<CommandIo, 'signal'> },
): Promise<MapFigures> {
  const masks: number[] = [];
  let wrongLassos = 0;
  for (let round = 0; round < LASSOS; round += 1) {
    const text = drawLasso(new SeededRandom(`lasso ${round}`));
    const startedAt = performance.now();
    const bits = await studio.get(`/api/map/mask?lasso=${encodeURIComponent(text)}`);
    masks.push(performance.now() - startedAt);
    if (countBits(bits) !== countWithin(columns, text)) wrongLassos += 1;
  }
  const mapMaskMillis = median(masks);
  if (!existsSync(CHROMIUM)) {
    const none = { mapFirstPaintMillis: null, mapFirstPaintCpuMillis: null, lassoMillis: null, lassoCpuMillis: null };
    return { mapMaskMillis, ...none, wrongLassos };
  }
  const args = [path.join(__dirname, 'map-in-browser.mjs'), studio.link, String(columns.count), String(rounds)];
  const call = { command: process.execPath, args };
  const { paints, lassos } = await runJson<{ paints: readonly Timed[]; lassos: readonly DrawnLasso[] }>(call, io);
  for (const { search, count } of lassos) {
    if (count !== countWithin(columns, new URLSearchParams(search).get('lasso') ?? '')) wrongLassos += 1;
  }
  return {
    mapMaskMillis,
    mapFirstPaintMillis: median(paints.map(({ millis }) => millis)),
    mapFirstPaintCpuMillis: median(paints.map(({ cpuMillis }) => cpuMillis)),
    lassoMillis: median(lassos.map(({ millis }) => millis)),
    lassoCpuMillis: median(lassos.map(({ cpuMillis }) => cpuMillis)),
    wrongLassos,
  };
}

function isHeld({ mapFirstPaintMillis, lassoMillis, wrongLassos }: MapFigures): boolean | null {
  return holdAll([
    wrongLassos === 0,
    mapFirstPaintMillis === null ? null : mapFirstPaintMillis <= GOALS.firstPaintMillis,
    lassoMillis === null ? null : lassoMillis <= GOALS.lassoMillis,
  ]);
}

/** Round a middle, with dents. */
function drawLasso(random: SeededRandom): string {
  const [closed, open] = [0.2 + 0.3 * random.next(), 0.2 + 0.3 * random.next()];
  return Array.from({ length: CORNERS }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / CORNERS;
    const radius = 0.1 + 0.2 * random.next();
    return `${(closed + radius * Math.cos(angle)).toFixed(5)}:${(open + radius * Math.sin(angle)).toFixed(5)}`;
  }).join();
}

function countBits(bits: Uint8Array): number {
  let count = 0;
  for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Each image against each side of the one part that a lasso has here. */
function countWithin({ count, closed, open }: ImageColumns, text: string): number {
  const corners = text.split(',').map((corner) => corner.split(':').map(Number) as [number, number]);
  let within = 0;
  for (let row = 0; row < count; row += 1) {
    const [x, y] = [closed[row] as number, open[row] as number];
    let isIn = false;
    for (let at = 0; at < corners.length; at += 1) {
      const [fromX, fromY] = corners[at] as [number, number];
      const [toX, toY] = corners[(at + 1) % corners.length] as [number, number];
      if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) isIn = !isIn;
    }
    if (isIn) within += 1;
  }
  return within;
}
