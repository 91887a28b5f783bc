import type { CommandSpec } from '@winnow/contracts';

export const diffCommand: CommandSpec = {
  name: 'diff',
  summary: 'Compare two data sets of a project',
  arguments: [
    { name: 'project', description: 'project file (YAML)', required: true },
    { name: 'before', description: 'build: id or its first characters, current or previous', required: true },
    { name: 'after', description: 'the build to compare it with', required: true },
  ],
  options: [{ flags: '--list', description: 'name every image that differs', type: 'boolean' }],
  examples: ['winnow diff birds.yaml previous current', 'winnow diff birds.yaml 3f2a 9c01 --list'],
  async run(input, io) {
    const { runDiff } = await import('./run-diff');
    return runDiff(input, io);
  },
};
