import type { CommandIo, CommandInput, CommandResult, CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { roundsOption } from '../harness/options';

/** `npm run bench -- harvest` */
export const harvestCommand: CommandSpec = {
  name: 'harvest',
  summary: 'From image URLs to shards, beside img2dataset',
  arguments: [],
  options: [
    { flags: '--images <n>', description: 'images to fetch; drawn once', type: 'integer', min: 2, default: 10_000 },
    { flags: '--size <pixels>', description: 'side of the finished images', type: 'integer', min: 8, default: 256 },
    { flags: '--concurrency <n>', description: 'requests under way at once', type: 'integer', min: 1, default: 32 },
    roundsOption,
    { flags: '--profile', description: 'show where the processor time of an image goes', type: 'boolean' },
    {
      flags: '--against <other>',
      description: 'compare with img2dataset (installed into the cache)',
      type: 'string',
      choices: ['img2dataset'],
    },
  ],
  examples: ['npm run bench -- harvest --images 2000 --against img2dataset'],
  async run({ options }: CommandInput, io: CommandIo): Promise<CommandResult> {
    const { runHarvest } = await import('./run-harvest');
    const result = await runHarvest(
      {
        images: Number(options['images']),
        size: Number(options['size']),
        concurrency: Number(options['concurrency']),
        rounds: Number(options['rounds']),
        isProfiled: options['profile'] === true,
        against: options['against'] === 'img2dataset' ? 'img2dataset' : null,
      },
      io,
    );
    return benchmarkResult(result, result.competitors);
  },
};
