import type { CommandSpec } from '@winnow/contracts';

export const verifyCommand: CommandSpec = {
  name: 'verify',
  summary: 'Check every byte of a data set against its index',
  arguments: [
    { name: 'project', description: 'project file (YAML)', required: true },
    {
      name: 'build',
      description: 'id or its first characters, current or previous (default: current)',
      required: false,
    },
  ],
  options: [
    { flags: '--originals', description: 'read every original, too', type: 'boolean' },
    {
      flags: '--repair',
      description: 'read every original, and bring back those that are gone or were changed',
      type: 'boolean',
    },
  ],
  examples: [
    'winnow verify birds.yaml',
    'winnow verify birds.yaml previous --originals',
    'winnow verify birds.yaml --repair',
  ],
  async run(input, io) {
    const { runVerify } = await import('./run-verify');
    return runVerify(input, io);
  },
};
