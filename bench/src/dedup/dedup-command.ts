import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { engineOption, roundsOption } from '../harness/options';

/** `npm run bench -- dedup` */
export const dedupCommand: CommandSpec = {
  name: 'dedup',
  summary: 'Which edited images are found as copies, beside imagededup',
  arguments: [],
  options: [
    { flags: '--images <source>', description: 'folder or tar of JPEG files, at any depth; may be given again', type: 'repeated' }, // prettier-ignore
    { flags: '--originals <n>', description: 'images to edit', type: 'integer', min: 1, default: 500 },
    { flags: '--seed <n>', description: 'chooses the originals', type: 'integer', min: 0, default: 1 },
    { flags: '--against <peer>', description: "imagededup's hashes (installed into the cache)", type: 'string', choices: ['imagededup'] }, // prettier-ignore
    { flags: '--embed <network>', description: 'also with the stage of embeddings, by this network', type: 'string' },
    { flags: '--similarity <x>', description: 'least similarity of embeddings, before pixels are compared', type: 'number', min: 0, default: 0.75 }, // prettier-ignore
    roundsOption,
    engineOption,
  ],
  examples: [
    'npm run bench -- dedup --images photos --against imagededup',
    'npm run bench -- dedup --images flowers.tar --images animals --originals 100 --embed teacher --json',
  ],
  async run({ options }, io) {
    const { runDedup } = await import('./run-dedup');
    const sources = (options['images'] ?? []) as readonly string[];
    if (sources.length === 0) {
      throw new WinnowError('USAGE', 'No images are named', { where: '--images', next: 'Name a folder or a tar.' });
    }
    const embed = options['embed'] as string | undefined;
    const result = await runDedup(
      {
        images: sources.map((source) => path.resolve(io.cwd, source)),
        originals: Number(options['originals']),
        seed: Number(options['seed']),
        rounds: Number(options['rounds']),
        against: options['against'] === 'imagededup' ? 'imagededup' : null,
        embed: embed === undefined ? null : path.resolve(io.cwd, embed),
        similarity: Number(options['similarity']),
        engine: options['engine'] as 'auto',
      },
      io,
    );
    return benchmarkResult(result, result.competitors);
  },
};
