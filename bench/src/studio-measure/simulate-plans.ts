import { NOISE_KINDS } from '@winnow/contracts';
import type { MeasuredShare, NoiseKind } from '@winnow/contracts';
import { kindSizes, measureOtherSplit, measurePlan, plannedLooks } from '@winnow/review';
import type { JudgedLook } from '@winnow/review';

/** A pool whose truth is known, as one split calls it. */
export interface KnownPool {
  /** Kinds of the split that is measured, and of the images: index into NOISE_KINDS, [count]. */
  readonly kinds: Uint8Array;
  readonly truth: Uint8Array;
  /** Of another split, measured by the same looks. */
  readonly other?: Uint8Array | undefined;
}

/** Share of plans whose 95 % interval holds the truth, and how wide it was in the mean. */
export interface Coverage {
  readonly truth: number;
  readonly covered: number;
  readonly halfWidth: number;
}

export interface SplitCoverage {
  readonly precision: Readonly<Partial<Record<NoiseKind, Coverage>>>;
  readonly recall: Readonly<Partial<Record<NoiseKind, Coverage>>>;
  readonly overall: Coverage;
}

export interface PlansCoverage extends SplitCoverage {
  readonly other?: SplitCoverage;
}

interface SimulatedPlans {
  /** Looks a kind, all of them where there are fewer. */
  readonly looks: number;
  readonly plans: number;
  readonly seed: number;
  readonly onPlan?: (done: number) => void;
}

interface Shares {
  readonly kinds: readonly {
    readonly kind: NoiseKind;
    readonly precision: MeasuredShare | null;
    readonly recall: MeasuredShare | null;
  }[];
  readonly overall: MeasuredShare | null;
}

/** Lets a person who never errs do so many plans, each with a seed of its own, and counts the intervals that hold the truth. */
export function simulatePlans(pool: KnownPool, { looks, plans, seed, onPlan }: SimulatedPlans): PlansCoverage {
  const sizes = kindSizes(pool.kinds);
  const own = coverageOf(pool.kinds, pool.truth);
  const other = pool.other && coverageOf(pool.other, pool.truth);
  const planned = { clean: looks, closed: looks, open: looks };
  for (let plan = 0; plan < plans; plan += 1) {
    const name = `${seed}/${plan}`;
    const judged = plannedLooks({ seed: name, stages: [planned] }, pool.kinds).map(({ row, kind }) =>
      judge(pool, row, { kind, called: pool.other ?? pool.kinds }),
    );
    own.count(measurePlan(judged, { halfWidth: 0.05, planned, sizes, seed: name }));
    other?.count(measureOtherSplit(judged, sizes));
    onPlan?.(plan + 1);
  }
  return { ...own.result(), ...(other && { other: other.result() }) };
}

function judge(
  { truth }: KnownPool,
  row: number,
  { kind, called }: { readonly kind: NoiseKind; readonly called: Uint8Array },
): JudgedLook {
  const name = (kinds: Uint8Array): NoiseKind => NOISE_KINDS[kinds[row] as number] as NoiseKind;
  return { kind, called: name(called), truth: name(truth), probability: 1, isRefinedRight: true };
}

/** Counts the plans whose intervals hold what the whole pool tells. */
function coverageOf(kinds: Uint8Array, truth: Uint8Array) {
  const whole = wholeShares(kinds, truth);
  const tallies = new Map<string, { covered: number; width: number; plans: number }>();
  const add = (name: string, share: number | null, measured: MeasuredShare | null): void => {
    if (share === null) return;
    const tally = tallies.get(name) ?? { covered: 0, width: 0, plans: 0 };
    tally.plans += 1;
    if (measured !== null) {
      tally.covered += measured.low <= share && share <= measured.high ? 1 : 0;
      tally.width += (measured.high - measured.low) / 2;
    }
    tallies.set(name, tally);
  };
  const coverage = (name: string, share: number | null): Coverage => {
    const { covered, width, plans } = tallies.get(name) ?? { covered: 0, width: 0, plans: 1 };
    return { truth: share ?? 0, covered: covered / plans, halfWidth: width / plans };
  };
  const byKind = (what: 'precision' | 'recall') =>
    Object.fromEntries(
      NOISE_KINDS.flatMap((kind, index) => {
        const share = whole[what][index] ?? null;
        return share === null ? [] : [[kind, coverage(`${what} ${kind}`, share)]];
      }),
    );
  return {
    count({ kinds: measured, overall }: Shares): void {
      measured.forEach(({ kind, precision, recall }, index) => {
        add(`precision ${kind}`, whole.precision[index] ?? null, precision);
        add(`recall ${kind}`, whole.recall[index] ?? null, recall);
      });
      add('overall', whole.overall, overall);
    },
    result: (): SplitCoverage => ({
      precision: byKind('precision'),
      recall: byKind('recall'),
      overall: coverage('overall', whole.overall),
    }),
  };
}

/** Precision and recall of each kind, null where there is none, and the share that is right. */
function wholeShares(kinds: Uint8Array, truth: Uint8Array) {
  const [called, there, right] = [0, 0, 0].map(() => NOISE_KINDS.map(() => 0)) as [number[], number[], number[]];
  for (let row = 0; row < kinds.length; row += 1) {
    const [kind, true_] = [kinds[row] as number, truth[row] as number];
    called[kind] = (called[kind] as number) + 1;
    there[true_] = (there[true_] as number) + 1;
    if (kind === true_) right[kind] = (right[kind] as number) + 1;
  }
  const share = (of: number, kind: number): number | null => (of === 0 ? null : (right[kind] as number) / of);
  return {
    precision: called.map(share),
    recall: there.map(share),
    overall: right.reduce((sum, value) => sum + value, 0) / kinds.length,
  };
}
