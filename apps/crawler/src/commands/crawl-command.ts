import type { CommandSpec } from '@winnow/contracts';

/** `winnow crawl PROJECT` */
export const crawlCommand: CommandSpec = {
  name: 'crawl',
  summary: 'Search the web for the classes and download what is found',
  arguments: [{ name: 'project', description: 'Project file (YAML).', required: true }],
  options: [
    {
      flags: '--retry <what>',
      description: 'Try again what failed or was blocked: `failed`, or `failed:OUTCOME` for one outcome.',
      type: 'string',
    },
    { flags: '--per-class <n>', description: 'Different images to store for each class.', type: 'integer' },
    {
      flags: '--extend <n>',
      description: 'So many more images for each class than it has.',
      type: 'integer',
      min: 1,
    },
    {
      flags: '--since <when>',
      description:
        'Look again at what was last asked before a day (2026-01-31) or longer ago than 30d or 12h: new results, changed images.',
      type: 'string',
    },
    { flags: '--limit <n>', description: 'Fetch at most this many images now.', type: 'integer', min: 0 },
    { flags: '--enqueue', description: 'Only send the jobs; `winnow worker` does them.', type: 'boolean' },
  ],
  examples: [
    'winnow crawl fashion.yaml',
    'winnow crawl fashion.yaml --retry failed:timeout',
    'winnow crawl fashion.yaml --since 30d',
  ],
  run: async (input, io) => (await import('./run-crawl')).runCrawl(input, io),
};
