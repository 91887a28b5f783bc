import path from 'node:path';
import type { CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';

/** `npm run bench -- studio` */
export const studioCommand: CommandSpec = {
  name: 'studio',
  summary: 'The server of the studio at a million images',
  arguments: [],
  options: [
    { flags: '--images <n>', description: 'in the data set', type: 'integer', min: 1, default: 1_000_000 },
    { flags: '--rounds <n>', description: 'starts of the server, of which the median counts', type: 'integer', min: 1, default: 5 }, // prettier-ignore
    { flags: '--dir <folder>', description: 'where its project is made and stays (default: it is removed)', type: 'string' }, // prettier-ignore
  ],
  examples: ['npm run bench -- studio', 'npm run bench -- studio --images 20000 --rounds 1 --json'],
  async run({ options }, io) {
    const { runStudioBenchmark } = await import('./run-studio-benchmark');
    const folder = options['dir'] as string | undefined;
    const result = await runStudioBenchmark(
      {
        images: Number(options['images']),
        rounds: Number(options['rounds']),
        folder: folder === undefined ? undefined : path.resolve(io.cwd, folder),
      },
      io,
    );
    const { machine, ...figures } = result;
    const { json, text } = benchmarkResult({ ...figures, ...machine }, []);
    return { exitCode: result.isHeld ? 0 : 1, json, text: [...text, JSON.stringify(result)] };
  },
};
