import path from 'node:path';
import { METHOD_NAMES, SPLIT_NAMES, WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandSpec, JsonValue, MethodName, SplitName } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { ReviewMeasures, ReviewRow, TrainAfter } from '../measure/measure-review';
import { SIMULATED_ORDERS } from '../measure/simulate-review';
import type { Review, SimulatedOrder } from '../measure/simulate-review';
import { engineOption } from './engine-option';
import { epochsOption } from './training-length-options';

const LOOKS = [250, 1000, 4000];
const ERROR_RATES = [0, 0.03];

export const benchReviewCommand: CommandSpec = {
  name: 'review',
  summary:
    'Let simulated people look at images of a world of known truth, in several orders, and measure what it is worth',
  arguments: [{ name: 'world', description: 'folder with a world.json', required: true }],
  options: [
    { flags: '--split <name>', description: 'what is reviewed', type: 'string', choices: SPLIT_NAMES, default: 'winnow' }, // prettier-ignore
    { flags: '--orders <names>', description: `with commas (default: ${SIMULATED_ORDERS.join(',')})`, type: 'string' },
    { flags: '--looks <numbers>', description: `with commas (default: ${LOOKS.join(',')})`, type: 'string' },
    { flags: '--errors <shares>', description: `of looks that say something else than the truth, with commas (default: ${ERROR_RATES.join(',')})`, type: 'string' }, // prettier-ignore
    { flags: '--review-seed <n>', description: 'seed of orders and errors', type: 'integer', min: 0, default: 1 },
    { flags: '--student', description: 'train a student after each review, too, and one without any: hours', type: 'boolean' }, // prettier-ignore
    { flags: '--method <name>', description: 'how it learns (default: winnow)', type: 'string', choices: METHOD_NAMES }, // prettier-ignore
    { flags: '--seed <n>', description: 'seed of its weights and batches (default: 1)', type: 'integer', min: 0 },
    epochsOption,
    { flags: '--checkpoint <folder>', description: 'keep checkpoints of students in folders of this one and go on from them', type: 'string' }, // prettier-ignore
    { ...engineOption, default: 'auto' },
  ],
  examples: [
    'winnow bench review worlds/web7',
    'winnow bench review worlds/web7 --orders worth,doubt --looks 250,1000 --errors 0.03 --json',
  ],
  async run(input, io) {
    const { options } = input;
    const { measureReview } = await import('../measure/measure-review');
    const request = {
      source: sourceOf(input, io),
      split: options['split'] as SplitName,
      orders: ordersOf(options['orders']),
      looks: numbersOf(options['looks'], LOOKS, { where: '--looks', isMeant: (n) => Number.isInteger(n) && n > 0 }),
      errorRates: numbersOf(options['errors'], ERROR_RATES, { where: '--errors', isMeant: (n) => n >= 0 && n <= 1 }),
      seed: Number(options['reviewSeed']),
    };
    const trainAfter = await studentsOf(input, io);
    const result = await measureReview(request, options['engine'] as 'auto', io, trainAfter);
    return { exitCode: 0, json: result as unknown as Record<string, JsonValue>, text: tableOf(result) };
  },
};

function sourceOf({ arguments: given }: CommandInput, io: CommandIo): string {
  return path.resolve(io.cwd, String(given['world']));
}

function ordersOf(text: unknown): readonly SimulatedOrder[] {
  if (text === undefined) return SIMULATED_ORDERS;
  return String(text)
    .split(',')
    .map((name) => {
      const order = SIMULATED_ORDERS.find((one) => one === name.trim());
      if (order !== undefined) return order;
      throw new WinnowError('USAGE', `No such order: ${JSON.stringify(name)}`, {
        where: '--orders',
        next: `There are ${SIMULATED_ORDERS.join(', ')}.`,
      });
    });
}

function numbersOf(
  text: unknown,
  otherwise: readonly number[],
  { where, isMeant }: { readonly where: string; readonly isMeant: (value: number) => boolean },
): readonly number[] {
  if (text === undefined) return otherwise;
  return String(text)
    .split(',')
    .map((cell) => {
      const value = cell.trim() === '' ? Number.NaN : Number(cell);
      if (isMeant(value)) return value;
      throw new WinnowError('USAGE', `Not a number that fits: ${JSON.stringify(cell)}`, {
        where,
        next: `Give them like ${otherwise.join(',')}.`,
      });
    });
}

/**
 * Each student as `bench world` trains it, with checkpoints of its own; undefined where none is to be trained.
 * @throws WinnowError USAGE for settings of a student where none is
 */
async function studentsOf(input: CommandInput, io: CommandIo): Promise<TrainAfter | undefined> {
  const { options } = input;
  if (options['student'] !== true) {
    const idle = ['method', 'seed', 'epochs', 'checkpoint'].filter((name) => options[name] !== undefined);
    if (idle.length === 0) return undefined;
    throw new WinnowError('USAGE', `No student is trained, so --${idle.join(', --')} would change nothing`, {
      where: `--${idle[0]}`,
      next: 'Add --student, or leave that out.',
    });
  }
  const { measureWorld } = await import('../measure/measure-world');
  const folder = options['checkpoint'] === undefined ? undefined : path.resolve(io.cwd, String(options['checkpoint']));
  return async (review) => {
    const { accuracy } = await measureWorld(
      {
        source: sourceOf(input, io),
        method: (options['method'] ?? 'winnow') as MethodName,
        seed: Number(options['seed'] ?? 1),
        epochs: options['epochs'] as number | undefined,
        split: options['split'] as SplitName,
        oracle: false,
        review,
        settings: {},
        train: {},
        holdOut: false,
        checkpoint: folder && path.join(folder, nameOf(review)),
      },
      options['engine'] as 'auto',
      io,
    );
    return accuracy;
  };
}

function nameOf(review: Review | undefined): string {
  if (review === undefined) return 'none';
  return `${review.by}-${review.count}-${review.errorRate}-${review.seed}`;
}

function tableOf({ world, count, split, macroF1, rows, accuracy }: ReviewMeasures): string[] {
  const hasStudent = accuracy !== undefined;
  const cells = (row: ReviewRow): string[] => [
    String(row.count),
    percentText(row.errorRate, { digits: 0 }),
    String(row.decided),
    ...[row.macroF1.overlaid, row.macroF1.after, row.undecidedMacroF1.before, row.undecidedMacroF1.after].map((value) =>
      percentText(value),
    ),
    ...(hasStudent ? [percentText(row.accuracy ?? null)] : []),
  ];
  const head = [
    'looks',
    'errors',
    'decided',
    'laid over',
    'fitted',
    'others',
    'then',
    ...(hasStudent ? ['student'] : []),
  ];
  const line = (name: string, texts: readonly string[]): string =>
    name.padEnd(17) + texts.map((text) => text.padStart(11)).join('');
  const student = hasStudent ? `, student ${percentText(accuracy)}` : '';
  return [
    `${world}, ${count} images, split ${split}: macro-F1 ${percentText(macroF1)} without decisions${student}`,
    line('order', head),
    ...rows.map((row) => line(row.by, cells(row))),
  ];
}
