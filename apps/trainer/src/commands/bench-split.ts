import path from 'node:path';
import { SPLIT_NAMES, type SplitName } from '@winnow/contracts';
import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { engineOption } from './engine-option';

export const benchSplitCommand: CommandSpec = {
  name: 'split',
  summary: 'Split the pool of a world of known truth and measure how well the kinds are told apart',
  arguments: [{ name: 'world', description: 'folder with a world.json', required: true }],
  options: [
    { flags: '--split <name>', description: 'how (default: every way)', type: 'string', choices: SPLIT_NAMES },
    engineOption,
  ],
  examples: ['winnow bench split worlds/web7'],
  async run({ arguments: given, options }, io) {
    const { runSplitBench } = await import('../bench/world/run-split-bench');
    const chosen = options['split'] as SplitName | undefined;
    const results = await runSplitBench(
      { source: path.resolve(io.cwd, String(given['world'])), splits: chosen === undefined ? SPLIT_NAMES : [chosen] },
      (options['engine'] ?? 'auto') as 'auto',
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
      ],
    };
  },
};

function row(name: string, cells: readonly string[]): string {
  return `${name.padEnd(12)}${cells.map((cell) => cell.padStart(12)).join('')}`;
}

function percent(value: number | null): string {
  return value === null ? '-' : `${(value * 100).toFixed(1)} %`;
}
