import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type JsonValue, WinnowError } from '@winnow/contracts';
import { fileError } from '@winnow/files';
import { type Checkpoint, readLatestCheckpoint, saveCheckpointFiles } from '@winnow/runs';
import type { CheckpointPosition, CheckpointStore } from '@winnow/training';
import { holdLock } from '../locks';
import type { ResourceUsage } from '../resource-usage';
import type { RefinementMeasure } from './refinement-measure';

/** What a bench has to show so far, earlier sittings included. */
export interface WorldProgress {
  readonly trace: readonly { readonly epoch: number; readonly accuracy: number }[];
  readonly effort: ResourceUsage;
  /** Begun or taken up again, times. */
  readonly sittings: number;
  /** Of the teacher, where it was refined. */
  readonly refinement?: RefinementMeasure;
}

export const NO_PROGRESS: WorldProgress = {
  trace: [],
  effort: { seconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 },
  sittings: 0,
};

interface Loop {
  /** The bench that wrote it, as one text. */
  readonly bench: string;
  readonly progress: WorldProgress;
}

/**
 * Keeps a folder of checkpoints, which may not be there yet, for this bench alone.
 * @returns gives it back
 * @throws WinnowError USAGE where a file is there; DATABASE_BUSY where another bench has it; FILE_NOT_WRITABLE
 */
export async function holdCheckpointFolder(folder: string): Promise<() => Promise<void>> {
  const there = await stat(folder).catch(() => undefined);
  if (there !== undefined && !there.isDirectory()) {
    throw new WinnowError('USAGE', 'The checkpoints are to lie in a folder, and a file is there', {
      where: folder,
      next: 'Name a folder with --checkpoint.',
    });
  }
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  return holdLock(path.join(folder, 'bench.lock'), 'winnow bench world', {
    what: 'Another bench keeps its checkpoints in this folder',
    otherwise: 'name another folder with --checkpoint',
  });
}

/** The checkpoints of one bench in a folder of their own, each with what the bench had to show by then. */
export class WorldCheckpoints implements CheckpointStore {
  readonly #folder: string;
  readonly #bench: string;
  readonly #latest: Checkpoint | null;
  #progress: (() => WorldProgress) | null = null;

  private constructor(folder: string, bench: string, latest: Checkpoint | null) {
    this.#folder = folder;
    this.#bench = bench;
    this.#latest = latest;
  }

  /**
   * @param bench all that decides its course, as one text
   * @throws WinnowError USAGE where the folder holds checkpoints of another bench
   */
  static async open(folder: string, bench: string): Promise<WorldCheckpoints> {
    const latest = await readLatestCheckpoint(folder);
    const theirs = latest && loopOf(latest)?.bench;
    if (theirs !== null && theirs !== bench) {
      throw new WinnowError('USAGE', `The folder holds checkpoints of another bench: ${theirs ?? 'a run, perhaps'}`, {
        where: folder,
        next: 'Name another folder, or remove this one.',
      });
    }
    return new WorldCheckpoints(folder, bench, latest);
  }

  get where(): string {
    return this.#folder;
  }

  /** Of the newest checkpoint; null before the first. */
  get earlier(): WorldProgress | null {
    return (this.#latest && loopOf(this.#latest)?.progress) ?? null;
  }

  /** Tells where to ask for what each checkpoint is to hold besides the weights. */
  record(progress: () => WorldProgress): void {
    this.#progress = progress;
  }

  async load(): Promise<Uint8Array | null> {
    return this.#latest?.bytes ?? null;
  }

  async save(bytes: Uint8Array, position: CheckpointPosition): Promise<void> {
    const loop = { bench: this.#bench, progress: this.#progress?.() };
    await saveCheckpointFiles(this.#folder, { bytes, state: { ...position, loop: loop as unknown as JsonValue } });
  }
}

/** Undefined in checkpoints of a run. */
function loopOf({ state }: Checkpoint): Loop | undefined {
  return state.loop as unknown as Loop | undefined;
}
