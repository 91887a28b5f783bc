import type { CommandSpec } from '@winnow/contracts';

export const dbCommand: CommandSpec = {
  name: 'db',
  summary: 'Make a new embedded database from what is left of a damaged one',
  arguments: [],
  options: [],
  subcommands: [
    {
      name: 'rescue',
      summary: 'Make a new database from the damaged one, the copy of its rows, originals, data sets and runs',
      arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
      options: [],
      examples: ['winnow db rescue birds.yaml'],
      async run(input, io) {
        const { runRescue } = await import('./run-rescue');
        return runRescue(input, io);
      },
    },
  ],
};
