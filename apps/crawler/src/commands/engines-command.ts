import type { CommandSpec } from '@winnow/contracts';

/** `winnow engines list`, `winnow engines check` and `winnow engines parse` */
export const enginesCommand: CommandSpec = {
  name: 'engines',
  summary: 'List search engines, check how they are, or parse a saved answer of one',
  arguments: [],
  options: [],
  subcommands: [
    {
      name: 'list',
      summary: 'Name every engine: its kind, whether it is on by default, filters, key, terms',
      arguments: [],
      options: [],
      run: async () => (await import('./engines-list')).listEngines(),
    },
    {
      name: 'check',
      summary: 'Ask engines one query each and tell how they answer',
      arguments: [
        {
          name: 'engines',
          description: 'Names of engines; default: the official ones. Scraped engines are asked only when named.',
          required: false,
          variadic: true,
        },
      ],
      options: [
        { flags: '--query <text>', description: 'What to search for; default: cat.', type: 'string' },
        {
          flags: '--project <file>',
          description: 'Project file with the contact; what is learnt is kept with the project.',
          type: 'string',
        },
      ],
      examples: ['winnow engines check --project fashion.yaml', 'winnow engines check openverse bing'],
      run: async (input, io) => (await import('./engines-check')).runEnginesCheck(input, io),
    },
    {
      name: 'parse',
      summary: "Read a saved answer of an engine with the engine's parser",
      arguments: [
        { name: 'engine', description: 'Name of the engine.', required: true },
        { name: 'file', description: 'The body of the answer.', required: true },
      ],
      options: [
        { flags: '--status <n>', description: 'Status of the answer.', type: 'integer', default: 200 },
        { flags: '--query <text>', description: 'The query that was put.', type: 'string', default: '' },
        {
          flags: '--url <url>',
          description: "Where the answer came from; default: the query's first page.",
          type: 'string',
        },
        {
          flags: '--header <line>',
          description: 'A header of the answer, `Name: value`; repeatable.',
          type: 'repeated',
        },
      ],
      examples: ['winnow engines parse openverse answer.json --query "tabby cat"'],
      run: async (input, io) => (await import('./engines-parse')).parseSavedResponse(input, io),
    },
  ],
};
