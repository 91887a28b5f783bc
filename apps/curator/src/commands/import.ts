import type { CommandSpec } from '@winnow/contracts';
import { SOURCE_KINDS } from '@winnow/contracts';

export const importCommand: CommandSpec = {
  name: 'import',
  summary: 'Take images that winnow did not crawl into a project',
  arguments: [
    { name: 'project', description: 'project file (YAML); written, if there is none', required: true },
    {
      name: 'source',
      description: 'folder per class, table of paths or URLs, WebDataset tars, output of img2dataset, or world',
      required: true,
    },
  ],
  options: [
    {
      flags: '--as <kind>',
      description: 'what the source is (default: found out)',
      type: 'string',
      choices: SOURCE_KINDS,
    },
    { flags: '--class-column <name>', description: 'column, or field of .json, with the class', type: 'string' },
    {
      flags: '--path-column <name>',
      description: 'column with the path, below the folder of the table',
      type: 'string',
    },
    { flags: '--url-column <name>', description: 'column with the URL, for `winnow crawl` to fetch', type: 'string' },
    {
      flags: '--root <folder>',
      description: 'folder in which the paths of a table start (default: that of the table); none leads out of it',
      type: 'string',
    },
    { flags: '--classes <names>', description: 'class names in order, where the source has numbers', type: 'list' },
    {
      flags: '--name <name>',
      description: 'name of the source in the data set (default: that of the file)',
      type: 'string',
    },
  ],
  examples: [
    'winnow import birds.yaml images/',
    'winnow import birds.yaml list.csv --class-column species --url-column image',
    'winnow import web7.yaml worlds/web7',
  ],
  async run(input, io) {
    const { runImport } = await import('../import/run-import');
    return runImport(input, io);
  },
};
