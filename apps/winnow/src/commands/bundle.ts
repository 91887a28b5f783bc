import { EXPORT_FORMATS, EXPORT_PRECISIONS, WinnowError } from '@winnow/contracts';
import type { CommandSpec } from '@winnow/contracts';
import { projectArgument } from './project-argument';

export const bundleCommand: CommandSpec = {
  name: 'bundle',
  summary: 'Put a student, its cards, attribution, corrections and the report into one folder to hand over',
  arguments: [projectArgument],
  options: [
    {
      flags: '--run <folder>',
      description: 'run of the project, by folder or bare name, or `best` (default: the one started last)',
      type: 'string',
    },
    {
      flags: '--format <list>',
      description: 'of the weights: safetensors, onnx, tfjs, or all that have layers for the network (default: all)',
      type: 'list',
      choices: [...EXPORT_FORMATS, 'all'],
    },
    {
      flags: '--precision <list>',
      description: 'float32, float16, int8, or all (default: all)',
      type: 'list',
      choices: [...EXPORT_PRECISIONS, 'all'],
    },
    { flags: '--out <folder>', description: 'folder to write (default: bundle/RUN)', type: 'string' },
  ],
  examples: ['winnow bundle birds.yaml', 'winnow bundle birds.yaml --run best --format onnx --out birds-1.0'],
  async run(input, io) {
    const { out } = input.options;
    if (typeof out === 'string' && out.trim() === '') {
      throw new WinnowError('USAGE', 'The folder of the bundle has no name', { where: '--out' });
    }
    const { bundleRun } = await import('../bundle/bundle-run');
    return bundleRun(input, io);
  },
};
