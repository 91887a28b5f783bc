import type { CommandSpec } from '@winnow/contracts';

export const buildCommand: CommandSpec = {
  name: 'build',
  summary: 'Clean what was crawled and write it as a data set',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    { flags: '--size <pixels>', description: 'side of the images (default: build.size)', type: 'integer' },
    {
      flags: '--classes <names>',
      description: 'only these classes; a label stays the place in the full class list',
      type: 'list',
    },
    {
      flags: '--where <expression>',
      description:
        'only images for which this holds (kind and what follows it: by the newest split; refined: of closed images alone); fields: class, engine, query, host, license, licenseUrl, title, creator, ' +
        'rank, width, height, side, aspect, bytes, pdqQuality, flag, sha256, kind, pClean, pClosed, pOpen, doubt, refined, decided, by',
      type: 'string',
    },
    {
      flags: '--labels <which>',
      description:
        'given: as collected; decided: those that people decided in their place; refined: also those of the split where it ' +
        'calls a label closed (default: build.labels)',
      type: 'string',
      choices: ['given', 'decided', 'refined'],
    },
    {
      flags: '--exclude <what>',
      description:
        'leave out outcome:NAME (of fetching, a flag or conflict), host:NAME (and those below) or cluster:DIGEST ' +
        '(8 digits or more of one image), beside build.exclude (repeatable)',
      type: 'repeated',
    },
    {
      flags: '--holdout <path>',
      description: 'leave out copies of these images, too: folder per class, tar, CSV or build (repeatable)',
      type: 'repeated',
    },
    { flags: '--dry-run', description: 'say what the data set would hold, and write none', type: 'boolean' },
    { flags: '--workers <n>', description: 'threads; does not change the result', type: 'integer', min: 1 },
  ],
  examples: [
    'winnow build birds.yaml --classes owl,wren --size 64',
    "winnow build birds.yaml --where 'license in (cc0, by) and side >= 128' --exclude host:example.com",
    "winnow build birds.yaml --where 'kind in (clean, closed)' --labels refined",
    "winnow build birds.yaml --where 'license in (cc0, by)' --dry-run",
    'winnow build birds.yaml --holdout ../benchmark/test --exclude outcome:blurry',
  ],
  async run(input, io) {
    const { runBuild } = await import('./run-build');
    return runBuild(input, io);
  },
};
