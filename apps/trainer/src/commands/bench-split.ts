import path from 'node:path';
import { SPLIT_NAMES, type SplitName, WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import { engineOption } from './engine-option';
import { askedReview, describeReview, reviewOptions } from './review-options';

/** Options that tell of splits, by key. */
const OF_SPLITS = [
  ['split', '--split'],
  ['logitsOnly', '--logits-only'],
  ['review', '--review'],
  ['reviewBy', '--review-by'],
  ['reviewError', '--review-error'],
  ['reviewSeed', '--review-seed'],
] as const;
const percent = (fraction: number | null): string => percentText(fraction, { digits: 1 });

export const benchSplitCommand: CommandSpec = {
  name: 'split',
  summary: 'Split the pool of a world of known truth and measure how well the kinds are told apart',
  arguments: [{ name: 'world', description: 'folder with a world.json', required: true }],
  options: [
    { flags: '--split <name>', description: 'how (default: every way)', type: 'string', choices: SPLIT_NAMES },
    { flags: '--scores', description: 'measure the open-set scores instead: open against all others', type: 'boolean' },
    { flags: '--logits-only', description: 'do without the features of the teacher', type: 'boolean' },
    ...reviewOptions,
    { ...engineOption, default: 'auto' },
  ],
  examples: [
    'winnow bench split worlds/web7',
    'winnow bench split worlds/web7 --split winnow --review 1000 --review-by random',
    'winnow bench split worlds/web7 --scores',
  ],
  async run({ arguments: given, options }, io) {
    const unread = OF_SPLITS.find(([key]) => options[key] !== undefined && options[key] !== false);
    if (options['scores'] === true && unread !== undefined) {
      throw new WinnowError('USAGE', 'Scores belong to no split', {
        where: unread[1],
        next: 'Leave one of the two out.',
      });
    }
    if (options['scores'] === true) return runScores(path.resolve(io.cwd, String(given['world'])), options, io);
    const { measureSplit } = await import('../measure/measure-split');
    const chosen = options['split'] as SplitName | undefined;
    const results = await measureSplit(
      {
        source: path.resolve(io.cwd, String(given['world'])),
        splits: chosen === undefined ? SPLIT_NAMES : [chosen],
        logitsOnly: options['logitsOnly'] === true,
        review: askedReview(options),
      },
      options['engine'] as 'auto',
      io,
    );
    const [only] = results;
    return {
      exitCode: 0,
      json: (chosen === undefined ? { results } : only) as unknown as Record<string, JsonValue>,
      text: [
        row('split', ['macro-F1', 'AUROC open', 'FPR95 open', 'AUROC clean', 'refined', 'seconds']),
        ...results.map(({ method, macroF1, auroc, fpr95Open, refinedAccuracy, seconds }) =>
          row(
            method,
            [macroF1, auroc.open, fpr95Open, auroc.clean, refinedAccuracy].map(percent).concat(seconds.toFixed(1)),
          ),
        ),
        ...results.flatMap(({ method, review }) => (review === undefined ? [] : [describeReview(method, review)])),
      ],
    };
  },
};

async function runScores(source: string, options: CommandInput['options'], io: CommandIo): Promise<CommandResult> {
  const { measureScores } = await import('../measure/measure-scores');
  const results = await measureScores(source, options['engine'] as 'auto', io);
  return {
    exitCode: 0,
    json: { results } as unknown as Record<string, JsonValue>,
    text: [
      row('score', ['AUROC open', 'FPR95 open', 'seconds']),
      ...results.map(({ score, aurocOpen, fpr95Open, seconds }) =>
        row(score, [percent(aurocOpen), percent(fpr95Open), seconds.toFixed(1)]),
      ),
    ],
  };
}

function row(name: string, cells: readonly string[]): string {
  return `${name.padEnd(12)}${cells.map((cell) => cell.padStart(12)).join('')}`;
}
