import type { CommandSpec } from '@winnow/contracts';

/** `winnow worker` */
export const workerCommand: CommandSpec = {
  name: 'worker',
  summary: 'Work on the crawls of all projects in the database',
  arguments: [],
  options: [
    {
      flags: '--until-idle',
      description: 'End when no job is left that this machine can do, instead of waiting for more.',
      type: 'boolean',
    },
    {
      flags: '--state <folder>',
      description:
        "Where this machine sees the project's .winnow folder; default: the path of the machine that began the crawl.",
      type: 'string',
    },
    {
      flags: '--listen <address>',
      description: 'Serve /metrics (Prometheus), /healthz and /readyz at this port of the machine, or HOST:PORT.',
      type: 'string',
    },
  ],
  examples: [
    'DATABASE_URL=postgres://db/winnow winnow worker',
    'DATABASE_URL=postgres://db/winnow winnow worker --listen 9464',
  ],
  run: async (input, io) => (await import('./run-worker')).runWorker(input, io),
};
