import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EpochMetrics, RunSummary, StudioRuns } from '@winnow/contracts';
import { median, percentile95 } from '../harness/figures';
import { startStudioProcess } from './studio-process';
import type { StudioBench } from './studio-bench';

const RUNS = 60;
const EPOCHS = 200;
const ASKED = 20;
const MAX_MILLIS = 500;

/** Check 29: so many students listed, each with a curve. */
export async function measureRunList({ project, io }: StudioBench) {
  const folder = path.join(path.dirname(project.file), '.winnow', 'runs');
  for (let seed = 0; seed < RUNS; seed += 1) writeRun(folder, seed);
  const studio = await startStudioProcess(project.file, io.signal);
  try {
    await studio.get('/api/project');
    const times: number[] = [];
    const cpuBefore = studio.cpuMillis();
    let firstCpuMillis = 0;
    let listed = 0;
    for (let asked = 0; asked < ASKED; asked += 1) {
      const startedAt = performance.now();
      listed = (await studio.json<StudioRuns>('/api/runs')).runs.length;
      times.push(performance.now() - startedAt);
      if (asked === 0) firstCpuMillis = studio.cpuMillis() - cpuBefore;
    }
    const [firstMillis = Number.NaN, ...others] = times;
    const figures = {
      listed,
      firstMillis,
      firstCpuMillis,
      medianMillis: median(others),
      p95Millis: percentile95(others),
    };
    return { ...figures, isHeld: listed === RUNS && firstMillis <= MAX_MILLIS && figures.p95Millis <= MAX_MILLIS };
  } finally {
    await studio.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A made-up student as a finished training leaves it: seeds of ten settings. */
function writeRun(runsFolder: string, seed: number): void {
  const folder = path.join(runsFolder, `2026-01-01-million-kd-s${seed}`);
  const identity = String(seed).padStart(64, '0');
  const metrics = Array.from({ length: EPOCHS }, (_, index): EpochMetrics => {
    const accuracy = 0.8 * (1 - Math.exp(-index / 50));
    const [epoch, loss] = [index + 1, 2 * Math.exp(-index / 50)];
    return {
      epoch,
      steps: 20,
      learningRate: 0.1,
      loss,
      parts: { kl: loss },
      accuracy,
      seconds: 2,
      imagesSeen: 640 * epoch,
    };
  });
  const classes = Array.from({ length: 20 }, (_, index) => `class ${index}`);
  const summary: RunSummary = {
    ...{ method: 'kd', model: 'resnet8', seed, epochs: EPOCHS, accuracy: 0.8, agreement: null, teacherAccuracy: 0.9 },
    perClassAccuracy: Object.fromEntries(classes.map((name) => [name, 0.8])),
    calibrationError: 0.03,
    confusion: { classes, counts: classes.map(() => classes.map(() => 5)), pairs: [] },
    ...{
      parameters: 78_000,
      imagesSeen: 640 * EPOCHS,
      seconds: 2 * EPOCHS,
      peakMemoryBytes: 3e8,
      engine: 'wasm',
      notes: [],
    },
  };
  const batch = 32 + Math.floor(seed / 6);
  const files = {
    'state.json': { identity, status: 'finished' },
    'manifest.json': {
      ...{
        identity,
        project: 'million',
        method: 'kd',
        seed,
        buildDigest: 'b'.repeat(64),
        teacherDigest: 'c'.repeat(64),
      },
      ...{ startedAt: `2026-01-01T00:${String(seed).padStart(2, '0')}:00Z`, engine: 'wasm', device: 'cpu' },
    },
    'config.json': { student: 'resnet8', train: { seed, epochs: EPOCHS, batch }, classes, test: 't'.repeat(64) },
    'summary.json': summary,
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), JSON.stringify(content));
  writeFileSync(path.join(folder, 'metrics.jsonl'), metrics.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
