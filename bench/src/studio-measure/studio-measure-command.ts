import path from 'node:path';
import { NOISE_KINDS, requireUninterrupted, SPLIT_NAMES, WinnowError, withProgress } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue, SplitName } from '@winnow/contracts';
import { simulatePlans } from './simulate-plans';
import type { Coverage, PlansCoverage, SplitCoverage } from './simulate-plans';

/** Shares of plans whose 95 % interval is to hold the truth. */
const GOALS = { precision: [0.93, 0.97], recall: [0.9, 0.98] } as const;

/** `npm run bench -- studio-measure` */
export const studioMeasureCommand: CommandSpec = {
  name: 'studio-measure',
  summary: 'Whether what is measured of a split holds its truth',
  arguments: [],
  options: [
    { flags: '--web7 <folder>', description: 'a world, web7 or another', type: 'string' },
    { flags: '--split <name>', description: 'what is measured', type: 'string', choices: SPLIT_NAMES, default: 'winnow' }, // prettier-ignore
    { flags: '--other <name>', description: 'another split, measured by the same looks', type: 'string', choices: SPLIT_NAMES }, // prettier-ignore
    { flags: '--looks <n>', description: 'of each kind', type: 'integer', min: 1, default: 150 },
    { flags: '--plans <n>', description: 'simulated, each with a seed of its own', type: 'integer', min: 1, default: 2000 }, // prettier-ignore
    { flags: '--seed <n>', description: 'of their seeds', type: 'integer', min: 0, default: 1 },
  ],
  examples: [
    'npm run bench -- studio-measure --web7 worlds/web7',
    'npm run bench -- studio-measure --web7 worlds/web7 --other knn --plans 200',
  ],
  async run({ options }: CommandInput, io: CommandIo): Promise<CommandResult> {
    if (options['web7'] === undefined) {
      throw new WinnowError('USAGE', 'No world is named', {
        where: '--web7',
        next: 'Give the folder of a world.json.',
      });
    }
    const { splitKnownPool } = await import('@winnow/trainer/bench');
    const splits = [options['split'], options['other']].filter((name) => name !== undefined) as SplitName[];
    const source = path.resolve(io.cwd, String(options['web7']));
    const { world, truth, kinds } = await splitKnownPool(source, splits, 'auto', io);
    const [looks, plans, seed] = ['looks', 'plans', 'seed'].map((name) => Number(options[name])) as [
      number,
      number,
      number,
    ];
    const shown = { label: 'plans', total: plans, unit: 'plans' };
    const coverage = await withProgress(io.progress, shown, async (task) =>
      simulatePlans(
        { kinds: kinds[0] as Uint8Array, truth, other: kinds[1] },
        {
          ...{ looks, plans, seed },
          onPlan: (done) => {
            requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
            task.update(done);
          },
        },
      ),
    );
    const isHeld = holdsGoals(coverage);
    const result = { world, count: truth.length, ...{ splits, looks, plans, seed }, ...coverage, isHeld };
    return {
      exitCode: isHeld ? 0 : 1,
      json: result as unknown as Record<string, JsonValue>,
      text: [
        `${world}, ${truth.length} images, ${plans} plans of ${looks} looks a kind: share of 95 % intervals that hold the truth`,
        ...linesOf(splits[0] as string, coverage),
        ...(coverage.other === undefined ? [] : linesOf(`${splits[1]} by the same looks`, coverage.other)),
        isHeld ? 'Within what was set.' : 'NOT within what was set: precision 93 to 97 %, recall 90 to 98 %.',
      ],
    };
  },
};

function holdsGoals({ precision, recall }: SplitCoverage): boolean {
  const isWithin = ({ covered }: Coverage, [least, most]: readonly [number, number]): boolean =>
    covered >= least && covered <= most;
  return (
    Object.values(precision).every((one) => isWithin(one, GOALS.precision)) &&
    Object.values(recall).every((one) => isWithin(one, GOALS.recall))
  );
}

function linesOf(name: string, { precision, recall, overall }: PlansCoverage | SplitCoverage): string[] {
  const line = (what: string, one: Coverage | undefined): string[] => {
    if (one === undefined) return [];
    const [truth, width, covered] = [one.truth, one.halfWidth, one.covered].map((value) => (value * 100).toFixed(1));
    return [`  ${what.padEnd(18)} true ${truth} %, ± ${width} points: ${covered} % hold it`];
  };
  return [
    name,
    ...NOISE_KINDS.flatMap((kind) => line(`precision ${kind}`, precision[kind])),
    ...NOISE_KINDS.flatMap((kind) => line(`recall ${kind}`, recall[kind])),
    ...line('whole', overall),
  ];
}
