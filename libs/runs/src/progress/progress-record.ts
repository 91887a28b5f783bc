import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgressSink } from '@winnow/contracts';
import { Pace } from './pace';
import type { RunRecord } from '../run/run-record-files';

/** progress.json of a run that a process is at work on: for other commands to read. */
export interface ProgressRecord {
  readonly pid: number;
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  /** Such as `epoch 2, loss 0.31`. */
  readonly detail: string;
  /** Null while that cannot be said. */
  readonly secondsLeft: number | null;
  /** ISO time of writing. */
  readonly at: string;
}

const FILE = 'progress.json';
const MIN_INTERVAL_MILLIS = 1000;

/**
 * A sink that shows what it is told, and leaves it in the folder of the run, at most once a second.
 * @returns `remove` takes the file away
 */
export function recordProgress(
  sink: ProgressSink,
  folder: string,
  now: () => number = Date.now,
): { readonly progress: ProgressSink; remove(): void } {
  const file = join(folder, FILE);
  return {
    progress: {
      start(task) {
        const shown = sink.start(task);
        const pace = new Pace(task.total, now);
        let writtenMillis = -Infinity;
        const write = (done: number, detail: string): void => {
          pace.update(done);
          if (now() - writtenMillis < MIN_INTERVAL_MILLIS) return;
          writtenMillis = now();
          const left = pace.leftMillis();
          leave(file, {
            pid: process.pid,
            label: task.label,
            done,
            total: task.total ?? null,
            unit: task.unit,
            detail,
            secondsLeft: left === null ? null : Math.round(left / 1000),
            at: new Date(writtenMillis).toISOString(),
          });
        };
        return {
          update(done, detail) {
            shown.update(done, detail);
            write(done, detail ?? '');
          },
          end: (how) => shown.end(how),
        };
      },
    },
    remove: () => rmSync(file, { force: true }),
  };
}

/** Whole or not at all, but not safe from a power cut: nobody works then. Work goes on where it cannot be written. */
function leave(file: string, record: ProgressRecord): void {
  try {
    writeFileSync(`${file}.tmp`, `${JSON.stringify(record)}\n`);
    renameSync(`${file}.tmp`, file);
  } catch {
    // Other commands know less, then.
  }
}

/**
 * The runs that processes work on, and how far each is, by folder.
 * @param processes ids of them: one that was killed leaves a record too
 */
export async function findRunsAtWork(
  runs: readonly RunRecord[],
  processes: readonly { readonly pid: number }[],
): Promise<ReadonlyMap<string, ProgressRecord>> {
  const pids = new Set(processes.map(({ pid }) => pid));
  if (pids.size === 0) return new Map();
  const found = await Promise.all(
    runs.map(async ({ finished, folder }) => {
      const progress = finished ? null : await readProgress(folder);
      return progress !== null && pids.has(progress.pid) ? [[folder, progress] as const] : [];
    }),
  );
  return new Map(found.flat());
}

function readProgress(folder: string): Promise<ProgressRecord | null> {
  return readFile(join(folder, FILE), 'utf8')
    .then((text) => JSON.parse(text) as ProgressRecord)
    .catch(() => null);
}
