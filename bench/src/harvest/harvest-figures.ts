import { median } from '../harness/figures';
import type { HarvestCompetitor, HarvestRound } from './harvest-competitor';

/** One round of one program, per picture where it says so. */
export interface RoundFigures {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly imagesPerCpuSecond: number;
  readonly imagesPerSecond: number;
  readonly peakBytes: number;
  readonly steps: HarvestRound['steps'];
}

export interface CompetitorFigures {
  readonly name: HarvestCompetitor['name'];
  readonly version: string;
  readonly settings: HarvestCompetitor['settings'];
  /** Medians over the rounds. */
  readonly imagesPerCpuSecond: number;
  readonly imagesPerSecond: number;
  readonly peakBytes: number;
  readonly rounds: readonly RoundFigures[];
}

/** What a round comes to. */
export function roundFigures({ pictures, steps }: HarvestRound): RoundFigures {
  const usages = Object.values(steps);
  const cpuSeconds = usages.reduce((sum, usage) => sum + usage.cpuSeconds, 0);
  const wallSeconds = usages.reduce((sum, usage) => sum + usage.wallSeconds, 0);
  return {
    cpuSeconds,
    wallSeconds,
    imagesPerCpuSecond: pictures / cpuSeconds,
    imagesPerSecond: pictures / wallSeconds,
    peakBytes: Math.max(...usages.map((usage) => usage.peakBytes)),
    steps,
  };
}

/** Medians over the rounds of a program. */
export function competitorFigures(
  { name, version, settings }: Pick<HarvestCompetitor, 'name' | 'version' | 'settings'>,
  rounds: readonly RoundFigures[],
): CompetitorFigures {
  const middle = (of: (round: RoundFigures) => number): number => median(rounds.map(of));
  return {
    name,
    version,
    settings,
    imagesPerCpuSecond: middle((round) => round.imagesPerCpuSecond),
    imagesPerSecond: middle((round) => round.imagesPerSecond),
    peakBytes: middle((round) => round.peakBytes),
    rounds,
  };
}
