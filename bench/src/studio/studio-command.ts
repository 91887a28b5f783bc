import path from 'node:path';
import type { CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { STUDIO_PART_NAMES } from './part-names';
import type { StudioPart } from './part-names';

/** `npm run bench -- studio` */
export const studioCommand: CommandSpec = {
  name: 'studio',
  summary: 'The studio at a million images: server, page, decisions',
  arguments: [],
  options: [
    { flags: '--images <n>', description: 'in the data set', type: 'integer', min: 1, default: 1_000_000 },
    { flags: '--rounds <n>', description: 'starts of the server, of which the median counts', type: 'integer', min: 1, default: 5 }, // prettier-ignore
    { flags: '--only <part>', description: 'measure one part', type: 'string', choices: STUDIO_PART_NAMES },
    { flags: '--dir <folder>', description: 'where its project is made and stays (default: it is removed)', type: 'string' }, // prettier-ignore
  ],
  examples: ['npm run bench -- studio', 'npm run bench -- studio --images 20000 --rounds 1 --only scrolling --json'],
  async run({ options }, io) {
    const { runStudioBenchmark } = await import('./run-studio-benchmark');
    const folder = options['dir'] as string | undefined;
    const result = await runStudioBenchmark(
      {
        images: Number(options['images']),
        rounds: Number(options['rounds']),
        only: options['only'] as StudioPart | undefined,
        folder: folder === undefined ? undefined : path.resolve(io.cwd, folder),
      },
      io,
    );
    const { machine, ...figures } = result;
    const { json, text } = benchmarkResult({ ...figures, ...machine }, []);
    return { exitCode: result.isHeld === true ? 0 : 1, json, text: [...text, JSON.stringify(result)] };
  },
};
