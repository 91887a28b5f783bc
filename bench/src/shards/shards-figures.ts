import { medians } from '../harness/figures';
import type { ShardsReply, ShardsTask } from './shards-task';

export type ShardsCompetitor = 'winnow' | 'webdataset' | 'wids';

/** One task, as one competitor did it; medians over the rounds. */
export interface ShardsFigures {
  readonly name: ShardsCompetitor;
  readonly imagesPerSecond: number;
  readonly imagesPerCpuSecond: number;
  /** Of finished shards, 10^6 bytes; 0 of reading. */
  readonly megabytesPerSecond: number;
  readonly rounds: readonly ShardsReply[];
}

/** One task with the figures of all who did it. */
export interface ShardsTaskFigures extends Pick<ShardsTask, 'action' | 'order' | 'pixels' | 'cores'> {
  /** Ours first. */
  readonly competitors: readonly ShardsFigures[];
  /** Ours by the best other's: above 1 we are faster; null without others. */
  readonly ratioPerSecond: number | null;
  readonly ratioPerCpuSecond: number | null;
}

/** @param replies of one program to one task, one a round */
export function shardsFigures(name: ShardsCompetitor, replies: readonly ShardsReply[]): ShardsFigures {
  const rounds = replies.map(({ samples, wallSeconds, cpuSeconds, shardBytes }) => ({
    imagesPerSecond: samples / wallSeconds,
    imagesPerCpuSecond: samples / cpuSeconds,
    megabytesPerSecond: shardBytes / 1e6 / wallSeconds,
  }));
  return { name, ...medians(rounds), rounds: replies };
}

/** @param competitors ours first */
export function compareShards(
  { action, order, pixels, cores }: ShardsTask,
  competitors: readonly ShardsFigures[],
): ShardsTaskFigures {
  const [ours, ...others] = competitors as readonly [ShardsFigures, ...ShardsFigures[]];
  const ratio = (of: (figures: ShardsFigures) => number): number | null =>
    others.length === 0 ? null : of(ours) / Math.max(...others.map(of));
  return {
    action,
    order,
    pixels,
    cores,
    competitors,
    ratioPerSecond: ratio(({ imagesPerSecond }) => imagesPerSecond),
    ratioPerCpuSecond: ratio(({ imagesPerCpuSecond }) => imagesPerCpuSecond),
  };
}

/** `shuffled, decoded to RGB, 2 cores` */
export function taskName({ action, order, pixels, cores }: Pick<ShardsTask, 'action' | 'order' | 'pixels' | 'cores'>) {
  const images = { write: ['JPEG files given', 'JPEG encoded'], read: ['as JPEG files', 'decoded to RGB'] }[action];
  const what = action === 'write' ? 'write' : `read ${order}`;
  return `${what}, ${images[pixels ? 1 : 0]}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}
