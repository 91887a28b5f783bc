import path from 'node:path';
import type { CommandSpec } from '@winnow/contracts';

export const demoCommand: CommandSpec = {
  name: 'demo',
  summary: 'Run the whole path offline on images that come with winnow',
  arguments: [],
  options: [
    {
      flags: '--dir <folder>',
      description: 'where everything goes; run again to go on or to re-use',
      type: 'string',
      default: 'winnow-demo',
    },
    {
      flags: '--engine <name>',
      description: 'what computes the tensors',
      type: 'string',
      choices: ['auto', 'tensorflow', 'wasm'],
      default: 'auto',
    },
    { flags: '--seeds <n>', description: 'train every method this often', type: 'integer', min: 1, default: 1 },
    {
      flags: '--per-class <n>',
      description: 'results to take for each class: fewer for a smaller demo',
      type: 'integer',
      min: 1,
      default: 300,
    },
    { flags: '--epochs <n>', description: 'of every method: fewer for a shorter demo', type: 'integer', min: 1 },
  ],
  examples: ['winnow demo', 'winnow demo --seeds 3', 'winnow demo --engine wasm --dir demo-wasm'],
  async run(input, io) {
    const { runDemo } = await import('../demo/run-demo');
    const seeds = Number(input.options['seeds']);
    // The embedded database of the demo's own folder, whatever the environment says.
    const env = { ...io.env, DATABASE_URL: io.env['WINNOW_DEMO_DATABASE_URL'] };
    return runDemo(
      {
        folder: path.resolve(io.cwd, String(input.options['dir'])),
        imagesDir: io.env['WINNOW_DEMO_IMAGES'],
        engine: input.options['engine'] as 'auto',
        seeds,
        perClass: Number(input.options['perClass'] ?? 300),
        epochs: input.options['epochs'] as number | undefined,
      },
      { ...io, env },
    );
  },
};
