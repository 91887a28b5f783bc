import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { CommandInput, CommandIo, CommandResult, CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';

/** `npm run bench -- hashes` */
export const hashesCommand: CommandSpec = {
  name: 'hashes',
  summary: 'Near duplicates among many hashes, a sample checked',
  arguments: [],
  options: [
    { flags: '--count <n>', description: 'hashes, also 10k and 100k', type: 'integer', min: 2, default: 1_000_000 },
    { flags: '--workers <n>', description: 'threads (default: all processors)', type: 'integer', min: 1 },
    { flags: '--images <source>', description: 'folder or tar (default: drawn images)', type: 'string' },
    { flags: '--sample <n>', description: 'hashes compared with all', type: 'integer', min: 0, default: 2000 },
    { flags: '--mirrors', description: 'find mirror images, too; nothing is checked', type: 'boolean' },
  ],
  examples: [
    'npm run bench -- hashes --count 100000',
    'npm run bench -- hashes --images photos.tar --workers 2 --json',
  ],
  async run({ options }: CommandInput, io: CommandIo): Promise<CommandResult> {
    const { runHashes } = await import('./run-hashes');
    const { images, workers } = options;
    const result = await runHashes(
      {
        count: Number(options['count']),
        workers: workers === undefined ? availableParallelism() : Number(workers),
        images: images === undefined ? null : path.resolve(io.cwd, String(images)),
        sample: Number(options['sample']),
        mirrors: options['mirrors'] === true,
      },
      io,
    );
    const isRight = result.sizes.every(({ wrongNeighbours, wrongIndices }) => wrongNeighbours + wrongIndices === 0);
    return { ...benchmarkResult(result, result.sizes), exitCode: isRight ? 0 : 1 };
  },
};
