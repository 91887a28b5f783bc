import path from 'node:path';
import type { CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';

/** `npm run bench -- studio-try PROJECT` */
export const studioTryCommand: CommandSpec = {
  name: 'studio-try',
  summary: 'A student in the browser, beside winnow predict',
  arguments: [{ name: 'project', description: 'project file with a finished run and test images', required: true }],
  options: [
    { flags: '--run <folder>', description: 'name of the run (default: the newest that has finished)', type: 'string' },
    { flags: '--images <n>', description: 'test images, evenly from the list', type: 'integer', min: 1, default: 500 }, // prettier-ignore
  ],
  examples: ['npm run bench -- studio-try birds.yaml', 'npm run bench -- studio-try birds.yaml --images 50 --json'],
  async run({ arguments: { project }, options }, io) {
    const { compareInBrowser } = await import('./compare-in-browser');
    const result = await compareInBrowser(
      {
        file: path.resolve(io.cwd, String(project)),
        run: options['run'] as string | undefined,
        images: Number(options['images']),
      },
      io,
    );
    const { json, text } = benchmarkResult({ ...result }, []);
    return { exitCode: result.isHeld ? 0 : 1, json, text: [...text, JSON.stringify(result)] };
  },
};
