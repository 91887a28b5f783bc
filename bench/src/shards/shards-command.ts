import type { CommandInput, CommandIo, CommandResult, CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { mean } from '../harness/figures';
import { roundsOption } from '../harness/options';
import type { ShardsBenchResult } from './run-shards';
import { taskName } from './shards-figures';
import type { ShardsTaskFigures } from './shards-figures';

/** `npm run bench -- shards` */
export const shardsCommand: CommandSpec = {
  name: 'shards',
  summary: 'Writing and reading shards, beside webdataset and wids',
  arguments: [],
  options: [
    { flags: '--images <n>', description: 'images in the shards', type: 'integer', min: 2, default: 16_000 },
    { flags: '--size <pixels>', description: 'side of the images', type: 'integer', min: 8, default: 224 },
    roundsOption,
    {
      flags: '--against <other>',
      description: "compare with Python's webdataset and wids (installed into the cache)",
      type: 'string',
      choices: ['webdataset'],
    },
  ],
  examples: ['npm run bench -- shards --against webdataset'],
  async run({ options }: CommandInput, io: CommandIo): Promise<CommandResult> {
    const { runShards } = await import('./run-shards');
    const result = await runShards(
      {
        images: Number(options['images']),
        size: Number(options['size']),
        rounds: Number(options['rounds']),
        against: options['against'] === 'webdataset' ? 'webdataset' : null,
      },
      io,
    );
    return benchmarkResult({ ...result, ...ratioOf(result) }, columnsOf(result));
  },
};

/** Geometric mean over the tasks of our time by the best other's: below 1 we are faster. */
function ratioOf({ tasks }: ShardsBenchResult): { readonly ratio?: number } {
  const logs = tasks.flatMap(({ ratioPerSecond }) => (ratioPerSecond === null ? [] : [-Math.log(ratioPerSecond)]));
  return logs.length === 0 ? {} : { ratio: Math.exp(mean(logs)) };
}

/** Programs side by side, images per second, a line a task; and how ours stands to the best other. */
function columnsOf({ tasks }: ShardsBenchResult): object[] {
  const names = [...new Set(tasks.flatMap(({ competitors }) => competitors.map(({ name }) => name)))];
  const column = (name: string, of: (task: ShardsTaskFigures) => number | null | undefined): object => ({
    name,
    ...Object.fromEntries(tasks.map((task) => [taskName(task), of(task) ?? null])),
  });
  return [
    ...names.map((name) =>
      column(name, ({ competitors }) => competitors.find((one) => one.name === name)?.imagesPerSecond),
    ),
    column('ours by the best', ({ ratioPerSecond }) => ratioPerSecond),
  ];
}
