import path from 'node:path';
import type { CommandInput, CommandIo, CommandResult, CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';

/** `npm run bench -- build` */
export const buildCommand: CommandSpec = {
  name: 'build',
  summary: 'Import and build of many small images',
  arguments: [],
  options: [
    { flags: '--images <n>', description: 'images to import', type: 'integer', min: 100, default: 50_000 },
    {
      flags: '--against <clone>',
      description: 'another clone of winnow, such as an older one; both builds must have the same digest',
      type: 'string',
    },
  ],
  examples: ['npm run bench -- build --images 10000 --json'],
  async run({ options }: CommandInput, io: CommandIo): Promise<CommandResult> {
    const { runBuild } = await import('./run-build');
    const against = options['against'] === undefined ? null : path.resolve(io.cwd, String(options['against']));
    const result = await runBuild({ images: Number(options['images']), against }, io);
    return { ...benchmarkResult(result, result.clones), exitCode: result.sameDigest ? 0 : 1 };
  },
};
