import type { CommandSpec } from '@winnow/contracts';

/** `winnow crawl PROJECT` */
export const crawlCommand: CommandSpec = {
  name: 'crawl',
  summary: 'Search the web for the classes and download what is found',
  arguments: [{ name: 'project', description: 'Project file (YAML).', required: true }],
  options: [
    {
      flags: '--retry <what>',
      description: 'Try again what failed or was blocked.',
      type: 'string',
      choices: ['failed'],
    },
    { flags: '--limit <n>', description: 'Fetch at most this many pictures now.', type: 'integer' },
    { flags: '--per-class <n>', description: 'Image URLs to list for each class.', type: 'integer' },
  ],
  examples: ['winnow crawl fashion.yaml', 'winnow crawl fashion.yaml --retry failed'],
  run: async (input, io) => (await import('./run-crawl')).runCrawl(input, io),
};
