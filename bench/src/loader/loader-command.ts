import path from 'node:path';
import type { CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { roundsOption } from '../harness/options';

/** `npm run bench -- loader IMAGES` */
export const loaderCommand: CommandSpec = {
  name: 'loader',
  summary: 'From JPEG files to training batches, beside a DataLoader',
  arguments: [{ name: 'images', description: 'folder or tar of JPEG files', required: true }],
  options: [
    { flags: '--size <pixels>', description: 'side of the views', type: 'integer', min: 8, default: 224 },
    { flags: '--batch <n>', description: 'images in a batch', type: 'integer', min: 1, default: 64 },
    { flags: '--batches <n>', description: 'batches in a round', type: 'integer', min: 1, default: 10 },
    { flags: '--workers <n>', description: 'threads; of PyTorch: processes', type: 'integer', min: 0, default: 2 },
    { ...roundsOption, default: 5 },
    { flags: '--against <peer>', description: "PyTorch's DataLoader and Pillow", type: 'string', choices: ['pytorch'] },
  ],
  examples: ['npm run bench -- loader images/train --against pytorch'],
  async run({ arguments: given, options }, io) {
    const { runLoader } = await import('./run-loader');
    const result = await runLoader(
      {
        source: path.resolve(io.cwd, String(given['images'])),
        size: Number(options['size']),
        batch: Number(options['batch']),
        batches: Number(options['batches']),
        workers: Number(options['workers']),
      },
      { rounds: Number(options['rounds']), against: options['against'] === 'pytorch' ? 'pytorch' : null },
      io,
    );
    return benchmarkResult(result, result.competitors);
  },
};
