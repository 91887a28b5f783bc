import type { CommandSpec } from '@winnow/contracts';

export const gcCommand: CommandSpec = {
  name: 'gc',
  summary: 'Remove builds and files that nothing needs any more',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    { flags: '--dry-run', description: 'say what would go, and remove nothing', type: 'boolean' },
    {
      flags: '--keep <n>',
      description: 'builds that were used last and stay, beside those that splits and runs use',
      type: 'integer',
      min: 1,
      default: 1,
    },
    {
      flags: '--force',
      description: 'also where the database seems to be another one: it lacks finished builds or most originals',
      type: 'boolean',
    },
  ],
  examples: ['winnow gc birds.yaml --dry-run', 'winnow gc birds.yaml --keep 3'],
  async run(input, io) {
    const { runGc } = await import('./run-gc');
    return runGc(input, io);
  },
};
