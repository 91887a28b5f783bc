import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import type { ShardsBenchResult } from './run-shards';
import { taskName } from './shards-figures';

/** `npm run bench -- shards` */
export const shardsCommand: CommandSpec = {
  name: 'shards',
  summary: 'Time writing and reading of shards, in order and shuffled, with and without decoding',
  arguments: [],
  options: [
    { flags: '--pictures <n>', description: 'pictures in the shards', type: 'integer', min: 2, default: 16_000 },
    { flags: '--size <pixels>', description: 'side of the pictures', type: 'integer', min: 8, default: 224 },
    { flags: '--rounds <n>', description: 'rounds, in turn with the others', type: 'integer', min: 1, default: 3 },
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
    return { exitCode: 0, json: { ...result, tasks: result.tasks as unknown as JsonValue }, text: toText(result) };
  },
};

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
