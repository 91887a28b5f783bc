import { median } from '../harness/figures';
import type { ShardsAnswer, ShardsTask } from './shards-task';

export type ShardsCompetitor = 'winnow' | 'webdataset' | 'wids';

/** One task, as one competitor did it; medians over the rounds. */
export interface ShardsFigures {
  readonly competitor: ShardsCompetitor;
  readonly imagesPerSecond: number;
  readonly imagesPerCpuSecond: number;
  /** Of finished shards, 10^6 bytes; only of writing. */
  readonly megabytesPerSecond: number | null;
  readonly rounds: readonly ShardsAnswer[];
}

/** One task with the figures of all who did it. */
export interface ShardsTaskFigures extends Pick<ShardsTask, 'action' | 'order' | 'pixels' | 'cores'> {
  /** Ours first. */
  readonly competitors: readonly ShardsFigures[];
  /** Ours by the best other's: above 1 we are faster; null without others. */
  readonly ratioPerSecond: number | null;
  readonly ratioPerCpuSecond: number | null;
}

/** @param answers of one competitor to one task, one a round */
export function shardsFigures(competitor: ShardsCompetitor, answers: readonly ShardsAnswer[]): ShardsFigures {
  const middle = (of: (answer: ShardsAnswer) => number): number => median(answers.map(of));
  const isWriting = answers.some(({ shardBytes }) => shardBytes > 0);
  return {
    competitor,
    imagesPerSecond: middle(({ samples, wallSeconds }) => samples / wallSeconds),
    imagesPerCpuSecond: middle(({ samples, cpuSeconds }) => samples / cpuSeconds),
    megabytesPerSecond: isWriting ? middle(({ shardBytes, wallSeconds }) => shardBytes / 1e6 / wallSeconds) : null,
    rounds: answers,
  };
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
  const pictures = { write: ['JPEG files given', 'JPEG encoded'], read: ['as JPEG files', 'decoded to RGB'] }[action];
  const what = action === 'write' ? 'write' : `read ${order}`;
  return `${what}, ${pictures[pixels ? 1 : 0]}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}
