import { setImmediate } from 'node:timers/promises';
import { requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';

export interface Turns {
  readonly rounds: number;
  /** Of the progress bar. */
  readonly label: string;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/** What a competitor did in one of its turns. */
export interface Turn<Result> {
  readonly result: Result;
  /** For whoever waits: `pytorch 12.1 ms`. */
  readonly say: string;
}

/**
 * Lets competitors work in turn, round after round: what else the machine does then meets all of them alike. Who goes first
 * alternates.
 * @returns results by competitor, in order; of each one a round
 * @throws WinnowError INTERRUPTED once the signal is aborted
 */
export async function inTurn<Competitor, Result>(
  competitors: readonly Competitor[],
  { rounds, label, io }: Turns,
  work: (competitor: Competitor) => Promise<Turn<Result>>,
): Promise<readonly (readonly Result[])[]> {
  const results = competitors.map((): Result[] => []);
  const forward = [...competitors.keys()];
  await withProgress(io.progress, { label, total: rounds * competitors.length, unit: 'turns' }, async (task) => {
    let done = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const index of round % 2 === 0 ? forward : [...forward].reverse()) {
        await letEventsIn(io.signal);
        const { result, say } = await work(competitors[index] as Competitor);
        results[index]?.push(result);
        task.update((done += 1), say);
      }
    }
  });
  return results;
}

/** Work that keeps the thread to itself lets no Ctrl-C through without a pause. @throws WinnowError INTERRUPTED */
export async function letEventsIn(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  requireUninterrupted(signal, 'The benchmark was stopped', { next: 'Run it again.' });
}
