import type { CommandIo, CommandInput, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import { roundsOption } from '../harness/options';
import type { CompetitorFigures } from './harvest-figures';
import type { HarvestResult } from './run-harvest';

/** `npm run bench -- harvest` */
export const harvestCommand: CommandSpec = {
  name: 'harvest',
  summary: 'From image URLs to shards, beside img2dataset',
  arguments: [],
  options: [
    { flags: '--images <n>', description: 'pictures to fetch; drawn once', type: 'integer', min: 2, default: 10_000 },
    { flags: '--size <pixels>', description: 'side of the finished pictures', type: 'integer', min: 8, default: 256 },
    { flags: '--concurrency <n>', description: 'requests under way at once', type: 'integer', min: 1, default: 32 },
    roundsOption,
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
        against: options['against'] === 'img2dataset' ? 'img2dataset' : null,
      },
      io,
    );
    return { exitCode: 0, json: toJson(result), text: toText(result) };
  },
};

/** `ratio` is our processor time for an image by the other's: below 1 we are faster. */
function toJson({ competitors, ...about }: HarvestResult): Record<string, JsonValue> {
  const [ours, theirs] = competitors as readonly [CompetitorFigures, CompetitorFigures?];
  return {
    ...about,
    competitors: competitors as unknown as JsonValue,
    ...(theirs !== undefined && {
      ratio: theirs.imagesPerCpuSecond / ours.imagesPerCpuSecond,
      wallRatio: theirs.imagesPerSecond / ours.imagesPerSecond,
    }),
  };
}

function toText(result: HarvestResult): string[] {
  const { images, meanPixels, meanBytes, size, concurrency, rounds, competitors } = result;
  const ours = competitors[0] as CompetitorFigures;
  return [
    `${images} JPEGs of ${(meanPixels / 1e6).toFixed(2)} megapixels and ${Math.round(meanBytes / 1000)} kB to ${size} px, ${concurrency} at once, median of ${rounds} rounds`,
    'politeness lifted: no delay between requests, robots.txt not asked for; only a server on loopback is asked',
    ...competitors.map(({ name, imagesPerCpuSecond, imagesPerSecond, peakBytes }, index) => {
      const ratio =
        index === 0
          ? ''
          : `   ours: ${(ours.imagesPerCpuSecond / imagesPerCpuSecond).toFixed(2)} times as many per CPU second`;
      return `${name.padEnd(12)} ${imagesPerCpuSecond.toFixed(1).padStart(7)} images per CPU second, ${imagesPerSecond.toFixed(1)} per second, ${Math.round(peakBytes / 1e6)} MB at most${ratio}`;
    }),
  ];
}
