import { WinnowError } from '@winnow/contracts';
import type { CommandSpec } from '@winnow/contracts';

export const studioCommand: CommandSpec = {
  name: 'studio',
  summary: 'Serve a page on this machine to see, measure and correct what was crawled',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    { flags: '--port <n>', description: 'where to listen (default: as last time, else any)', type: 'integer', min: 1 },
    { flags: '--no-open', description: 'do not show it in a browser', type: 'boolean' },
    { flags: '--read-only', description: 'nothing can be decided or started', type: 'boolean' },
    { flags: '--link', description: 'print a new link to the studio that runs, and end', type: 'boolean' },
    {
      flags: '--invite <name>',
      description: 'print a link for somebody who may only decide, to the studio that runs, and end',
      type: 'string',
    },
  ],
  examples: [
    'winnow studio birds.yaml',
    'winnow studio birds.yaml --no-open --port 7788',
    'winnow studio birds.yaml --link',
  ],
  async run({ arguments: { project }, options }, io) {
    if (typeof project !== 'string') {
      throw new WinnowError('USAGE', 'The project file is missing', { next: 'Run winnow studio PROJECT.' });
    }
    const port = options['port'] as number | undefined;
    if (port !== undefined && port > 65_535)
      throw new WinnowError('USAGE', `${port} is no port`, { next: 'Name one up to 65535.' });
    const invited = options['invite'] as string | undefined;
    const { runStudio } = await import('./run-studio');
    return runStudio(
      project,
      {
        port,
        opensBrowser: options['open'] !== false && options['json'] !== true && process.stdout.isTTY,
        isReadOnly: options['readOnly'] === true,
        isLinkOnly: options['link'] === true || invited !== undefined,
        invited,
      },
      io,
    );
  },
};
