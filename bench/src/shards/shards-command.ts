import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import { mean } from '../harness/figures';
import { roundsOption } from '../harness/options';
import type { ShardsBenchResult } from './run-shards';
import { taskName } from './shards-figures';

/** `npm run bench -- shards` */
export const shardsCommand: CommandSpec = {
  name: 'shards',
  summary: 'Writing and reading shards, beside webdataset and wids',
  arguments: [],
  options: [
    { flags: '--pictures <n>', description: 'pictures in the shards', type: 'integer', min: 2, default: 16_000 },
    { flags: '--size <pixels>', description: 'side of the pictures', type: 'integer', min: 8, default: 224 },
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
        pictures: Number(options['pictures']),
        size: Number(options['size']),
        rounds: Number(options['rounds']),
        against: options['against'] === 'webdataset' ? 'webdataset' : null,
      },
      io,
    );
    const tasks = result.tasks as unknown as JsonValue;
    return { exitCode: 0, json: { ...result, tasks, ...ratioOf(result) }, text: toText(result) };
  },
};

/** Geometric mean over the tasks of our time by the best other's: below 1 we are faster. */
function ratioOf({ tasks }: ShardsBenchResult): { readonly ratio?: number } {
  const logs = tasks.flatMap(({ ratioPerSecond }) => (ratioPerSecond === null ? [] : [-Math.log(ratioPerSecond)]));
  return logs.length === 0 ? {} : { ratio: Math.exp(mean(logs)) };
}

function toText({ pictures, size, meanBytes, rounds, load, tasks }: ShardsBenchResult): string[] {
  const inThousands = (value: number): string => (value / 1000).toFixed(1);
  return [
    `${pictures} JPEGs (an eighth where they are coded) of ${size} px and ${inThousands(meanBytes)} kB, from memory, median of ${rounds} rounds; load ${load.map((value) => value.toFixed(1)).join(' to ')}`,
    'thousand images per second, and per CPU second; ratios are ours by the best other',
    ...tasks.map((task) => {
      const own = task.competitors.map(
        ({ competitor, imagesPerSecond, imagesPerCpuSecond, megabytesPerSecond }) =>
          `${competitor} ${inThousands(imagesPerSecond)} (${inThousands(imagesPerCpuSecond)})` +
          (megabytesPerSecond === null ? '' : ` ${Math.round(megabytesPerSecond)} MB/s`),
      );
      const { ratioPerSecond, ratioPerCpuSecond } = task;
      const ratio =
        ratioPerSecond === null || ratioPerCpuSecond === null
          ? ''
          : `   ${ratioPerSecond.toFixed(2)} (${ratioPerCpuSecond.toFixed(2)})`;
      return `${taskName(task).padEnd(44)} ${own.join(', ')}${ratio}`;
    }),
  ];
}
