import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EpochMetrics, RunSummary } from '@winnow/contracts';

/** What of a run a spec or somebody who looks at the page wants to be so. */
export interface SampleRun {
  readonly method: string;
  readonly seed: number;
  readonly epochs?: number;
  /** Less than `epochs`: the run is under way. */
  readonly epochsDone?: number;
  readonly accuracy?: number;
  readonly test?: string | null;
  readonly batch?: number;
  readonly project?: string;
  readonly classes?: readonly string[];
  readonly confusion?: readonly (readonly number[])[] | null;
}

const CLASSES = ['cat', 'dog', 'fox'];

/** One epoch of a made-up training that gets better. */
export function sampleEpoch(epoch: number, { accuracy = 0.8, epochs = 4 }: Partial<SampleRun> = {}): EpochMetrics {
  const rest = Math.exp((-3 * epoch) / epochs);
  return {
    epoch,
    steps: 20,
    learningRate: 0.1 * (1 - (epoch - 1) / epochs),
    loss: 0.4 + 1.6 * rest,
    parts: { supervised: 0.3 + rest, distilled: 0.1 + 0.6 * rest },
    accuracy: accuracy * (1 - 0.6 * rest),
    seconds: 2 + epoch / 100,
    imagesSeen: 640 * epoch,
  };
}

/** Writes a run's folder below `runsDir`. @returns the folder */
export function writeSampleRun(runsDir: string, run: SampleRun): string {
  const { method, seed, epochs = 4, accuracy = 0.8, test = 't'.repeat(64), batch = 32, project = 'p' } = run;
  const { epochsDone = epochs, classes = CLASSES } = run;
  const isFinished = epochsDone === epochs;
  const name = `2026-01-${String((seed % 28) + 1).padStart(2, '0')}-${project}-${method}-s${seed}`;
  const folder = path.join(runsDir, batch === 32 ? name : `${name}-${batch}`);
  const identity = createHash('sha256').update(folder).digest('hex');
  const metrics = Array.from({ length: epochsDone }, (_, index) => sampleEpoch(index + 1, { accuracy, epochs }));
  const summary: RunSummary = {
    method,
    model: 'resnet8',
    seed,
    epochs,
    accuracy,
    agreement: null,
    teacherAccuracy: 0.9,
    perClassAccuracy: Object.fromEntries(classes.map((one, index) => [one, accuracy - 0.02 * index])),
    calibrationError: 0.03,
    confusion: { classes, counts: run.confusion ?? null, pairs: [] },
    parameters: 78_000,
    imagesSeen: 640 * epochs,
    seconds: 2.5 * epochs + seed / 10,
    peakMemoryBytes: 300 * 2 ** 20,
    engine: 'wasm',
    notes: ['made up'],
  };
  const files: Record<string, unknown> = {
    'state.json': { identity, status: isFinished ? 'finished' : 'running' },
    'manifest.json': {
      ...{
        identity,
        project,
        method,
        seed,
        buildDigest: 'b'.repeat(64),
        teacherDigest: 'c'.repeat(64),
      },
      ...{ startedAt: `2026-01-01T00:${String(seed % 60).padStart(2, '0')}:00Z`, engine: 'wasm', device: 'cpu' },
    },
    'config.json': { student: 'resnet8', train: { seed, epochs, batch, optimiser: { name: 'sgd' } }, classes, test },
    ...(isFinished ? { 'summary.json': summary } : {}),
  };
  mkdirSync(folder, { recursive: true });
  for (const [file, value] of Object.entries(files)) writeFileSync(path.join(folder, file), JSON.stringify(value));
  writeFileSync(path.join(folder, 'metrics.jsonl'), metrics.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return folder;
}
