import type { TreeUsage } from '../harness/process-usage';

/** One of the programs that the benchmark compares. */
export interface HarvestCompetitor {
  readonly name: 'winnow' | 'img2dataset';
  readonly version: string;
  /** As they are given to it, for the record. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** From nothing to shards in an empty folder. */
  round(folder: string): Promise<HarvestRound>;
}

export interface HarvestRound {
  /** In the finished shards. */
  readonly images: number;
  /** Of each program that was run, one after another. */
  readonly steps: Readonly<Record<string, TreeUsage>>;
  /** Of each program that a profile was taken of: processor time by part, milliseconds an image. */
  readonly profile?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface HarvestSettings {
  /** Side of the finished images, pixels. */
  readonly size: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Whether ours is profiled, which makes it slower. */
  readonly isProfiled?: boolean;
}

/** Both encode with this, and write shards of so many. */
export const JPEG_QUALITY = 95;
export const SHARD_SAMPLES = 1000;

/** What a round comes to. */
export function roundFigures({ images, steps }: HarvestRound) {
  const usages = Object.values(steps);
  const cpuSeconds = usages.reduce((sum, usage) => sum + usage.cpuSeconds, 0);
  const wallSeconds = usages.reduce((sum, usage) => sum + usage.wallSeconds, 0);
  return {
    cpuSeconds,
    wallSeconds,
    imagesPerCpuSecond: images / cpuSeconds,
    imagesPerSecond: images / wallSeconds,
    peakBytes: Math.max(...usages.map((usage) => usage.peakBytes)),
  };
}
