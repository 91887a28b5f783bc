import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requireUninterrupted } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { machine } from '../harness/figures';
import { writeMillionProject } from './million-project';
import { STUDIO_PART_NAMES } from './part-names';
import type { StudioPart } from './part-names';
import { holdAll } from './studio-bench';
import type { PartFigures } from './studio-bench';
import { STUDIO_PARTS } from './studio-parts';

export interface StudioBenchmarkOptions {
  readonly images: number;
  readonly rounds: number;
  /** Where the project is made and stays; undefined: in a folder that is removed. */
  readonly folder: string | undefined;
  /** Undefined: all. */
  readonly only?: StudioPart | undefined;
}

/** What the studio takes at so many images, part by part. */
export async function runStudioBenchmark({ images, rounds, folder, only }: StudioBenchmarkOptions, io: CommandIo) {
  const root = folder ?? mkdtempSync(path.join(tmpdir(), 'winnow-bench-studio-'));
  try {
    io.log(`Drawing ${images} images into ${root}`);
    const project = await writeMillionProject(root, images);
    const figures: Partial<Record<StudioPart, PartFigures>> = {};
    for (const part of STUDIO_PART_NAMES.filter((name) => only === undefined || name === only)) {
      requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
      io.log(`Measuring ${part}`);
      figures[part] = await STUDIO_PARTS[part]({ project, folder: path.join(root, part), rounds, io });
    }
    const isHeld = holdAll(Object.values(figures).map((part) => part.isHeld));
    return { images, rounds, machine: machine(), ...figures, isHeld };
  } finally {
    if (folder === undefined) rmSync(root, { recursive: true, force: true });
  }
}
