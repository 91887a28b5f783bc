import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { engineOption } from '../harness/options';

/** `npm run bench -- layout WORLD` */
export const layoutCommand: CommandSpec = {
  name: 'layout',
  summary: 'A map of images by likeness, beside umap-learn',
  arguments: [{ name: 'world', description: 'folder with a world.json', required: true }],
  options: [
    { flags: '--landmarks <list>', description: 'numbers of images that are laid out by themselves', type: 'string', default: '2000,20000' }, // prettier-ignore
    { flags: '--rows <n>', description: 'images whose neighbours are compared, at random', type: 'integer', min: 10, default: 1000 }, // prettier-ignore
    { flags: '--against <peer>', description: 'umap-learn and principal axes (installed into the cache)', type: 'string', choices: ['umap-learn'] }, // prettier-ignore
    engineOption,
  ],
  examples: ['npm run bench -- layout worlds/demo --against umap-learn'],
  async run({ arguments: { world }, options }, io) {
    const { runLayout } = await import('./run-layout');
    const result = await runLayout(
      {
        source: path.resolve(io.cwd, String(world)),
        landmarks: String(options['landmarks']).split(',').map(readCount),
        rows: Number(options['rows']),
        against: (options['against'] as 'umap-learn' | undefined) ?? null,
        engine: options['engine'] as 'auto',
      },
      io,
    );
    return benchmarkResult(result, result.layouts);
  },
};

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new WinnowError('USAGE', `"${text}" is no number of images`, {
    where: '--landmarks',
    next: 'Write 2000,20000.',
  });
}
