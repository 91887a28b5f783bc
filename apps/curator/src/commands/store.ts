import type { CommandSpec } from '@winnow/contracts';

export const storeCommand: CommandSpec = {
  name: 'store',
  summary: 'Copy originals into a store that machines share, or back',
  arguments: [],
  options: [],
  subcommands: [
    {
      name: 'copy',
      summary: 'Copy originals and answers of engines to another place, and use that from then on',
      arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
      options: [
        {
          flags: '--to <place>',
          description: 's3://BUCKET/PREFIX, or folder for that of the project',
          type: 'string',
        },
        {
          flags: '--force',
          description: 'use the other place although it lacks originals that the database knows',
          type: 'boolean',
        },
      ],
      examples: ['winnow store copy birds.yaml --to s3://birds/originals', 'winnow store copy birds.yaml --to folder'],
      async run(input, io) {
        const { runStoreCopy } = await import('./run-store-copy');
        return runStoreCopy(input, io);
      },
    },
  ],
};
