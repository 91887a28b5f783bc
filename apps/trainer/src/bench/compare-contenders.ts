import { setImmediate } from 'node:timers/promises';
import { requireUninterrupted } from '@winnow/contracts';
import type { Contender } from './contender';

export interface ContenderFigures {
  readonly name: string;
  /** Median over the rounds of each round's median, milliseconds. */
  readonly millis: number;
  /** Least and greatest median of a round, milliseconds. */
  readonly spread: readonly [number, number];
  readonly peakBytes: number | null;
}

export interface ComparisonOptions {
  readonly rounds: number;
  readonly signal?: AbortSignal;
  /** After every round of one contender. */
  readonly onRound?: (contender: string, millis: number) => void;
}

/**
 * Lets the contenders work in turn, round after round: what else the machine does then meets all of them alike.
 * @throws WinnowError INTERRUPTED once the signal is aborted
 */
export async function compareContenders(
  contenders: readonly Contender[],
  { rounds, signal, onRound }: ComparisonOptions,
): Promise<readonly ContenderFigures[]> {
  for (const contender of contenders) {
    await letEventsIn(signal);
    await contender.prepare();
  }
  const medians = contenders.map(() => [] as number[]);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      await letEventsIn(signal);
      const millis = median(await contender.round());
      medians[index]?.push(millis);
      onRound?.(contender.name, millis);
    }
  }
  return contenders.map((contender, index) => {
    const own = medians[index] as number[];
    return {
      name: contender.name,
      millis: median(own),
      spread: [Math.min(...own), Math.max(...own)],
      peakBytes: contender.peakBytes(),
    };
  });
}

/** Steps keep the thread to themselves: without a pause no Ctrl-C would get through. */
export async function letEventsIn(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  requireUninterrupted(signal, 'The benchmark was stopped', { next: 'Run it again.' });
}

/** The middle value, or the mean of the two in the middle; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + high) / 2 : high;
}
