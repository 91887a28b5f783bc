import type { CommandSpec } from '@winnow/contracts';

/** `winnow forget PROJECT WHAT...` */
export const forgetCommand: CommandSpec = {
  name: 'forget',
  summary: 'Remove images by URL, host or digest, and never fetch them again',
  arguments: [
    { name: 'project', description: 'Project file (YAML).', required: true },
    {
      name: 'what',
      description: 'Image URLs; host names, each with its subdomains; SHA-256 of files.',
      required: true,
      variadic: true,
    },
  ],
  options: [],
  examples: [
    'winnow forget fashion.yaml https://img.example.org/a.jpg',
    'winnow forget fashion.yaml photos.example.org',
  ],
  run: async (input, io) => (await import('./run-forget')).runForget(input, io),
};
