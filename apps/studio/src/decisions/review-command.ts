import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import { latestBuild, listDecisions, listSplits, withProjectDatabase } from '@winnow/db';
import type { Database } from '@winnow/db';
import { fileError, writeFileAtomic } from '@winnow/files';
import { DecisionLog } from '@winnow/review';
import { correctionsText, importList, splitListText } from './split-lists';

const MAX_LIST_BYTES = 64 << 20;

export const reviewCommand: CommandSpec = {
  name: 'review',
  summary: 'Take decisions from a list, write one, and say what people decided',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    {
      flags: '--import <file>',
      description:
        'an edited list (CSV): what its column class says becomes decisions; imported again, nothing is added',
      type: 'string',
    },
    {
      flags: '--list <file>',
      description: 'write the list of the newest split, with what was decided',
      type: 'string',
    },
    {
      flags: '--corrections <file>',
      description: 'write what is decided, in the studio and in split.corrections, as `split.corrections` reads it',
      type: 'string',
    },
  ],
  examples: ['winnow review birds.yaml', 'winnow review birds.yaml --import doubtful.csv'],
  async run(input, io) {
    const config = await loadProject(String(input.arguments['project']), { cwd: io.cwd, env: io.env });
    return withProjectDatabase(config, { holder: 'winnow review' }, io, ({ db }) => review(db, config, { input, io }));
  },
};

async function review(
  db: Database,
  config: ProjectConfig,
  { input, io }: { readonly input: CommandInput; readonly io: CommandIo },
): Promise<CommandResult> {
  const [imported, list] = [fileOf(input.options['import'], io), fileOf(input.options['list'], io)];
  const added = imported === null ? null : await importList(db, config, await readList(imported));
  if (list !== null) await writeList(db, config, list);
  const corrections = fileOf(input.options['corrections'], io);
  if (corrections !== null) await writeFileAtomic(corrections, await correctionsText(db, config));
  const classes = config.classes.map(({ name }) => name);
  const log = new DecisionLog(await listDecisions(db, config.name), classes);
  const people = new Map<string, number>();
  const states = { decided: 0, disputed: 0, unsure: 0 };
  for (const image of log.images) {
    const { state, opinions } = log.decisionOf(image);
    if (state !== 'none') states[state] += 1;
    for (const { person } of opinions) people.set(person, (people.get(person) ?? 0) + 1);
  }
  const byPerson = [...people].map(([name, count]) => `${name} ${count}`);
  return {
    exitCode: 0,
    json: {
      imported: added as JsonValue,
      list,
      ...(corrections !== null && { corrections }),
      ...states,
      people: Object.fromEntries(people),
    },
    text: [
      ...(added === null
        ? []
        : [
            `Imported: ${added.added} new decisions; ${added.known} said nothing new, ${added.unknown} named no image and ` +
              `${added.otherClasses} no class of the project.`,
          ]),
      `Decided: ${states.decided} images; disputed: ${states.disputed}; unsure: ${states.unsure}.`,
      ...(byPerson.length === 0 ? [] : [`By ${byPerson.join(', ')}.`]),
      ...(list === null ? [] : [`List: ${list}`]),
      ...(corrections === null ? [] : [`Corrections: ${corrections}`]),
    ],
  };
}

function fileOf(option: CommandInput['options'][string], io: CommandIo): string | null {
  return option === undefined ? null : path.resolve(io.cwd, String(option));
}

async function readList(file: string): Promise<Parameters<typeof importList>[2]> {
  try {
    const { size, mtime } = await stat(file);
    if (size <= MAX_LIST_BYTES) return { name: path.basename(file), csv: await readFile(file, 'utf8'), at: mtime };
  } catch (error) {
    throw fileError(error, file);
  }
  throw new WinnowError('FORMAT_INVALID', `The list is larger than ${MAX_LIST_BYTES} bytes`, { where: file });
}

async function writeList(db: Database, config: ProjectConfig, file: string): Promise<void> {
  if ((await stat(file).catch(() => null)) !== null) {
    throw new WinnowError('FILE_NOT_WRITABLE', 'There is a file of this name', {
      where: file,
      next: 'Name another with --list; `winnow split PROJECT --list` writes a list anew and keeps what it holds.',
    });
  }
  const build = await latestBuild(db, config.name);
  const [split] = build === undefined ? [] : await listSplits(db, config.name, build.id);
  if (build === undefined || split === undefined) {
    throw new WinnowError('MISSING_INPUT', 'The data set has not been split yet', {
      next: 'Run `winnow split` first.',
    });
  }
  await writeFileAtomic(file, await splitListText(db, config, { buildId: build.id, splitId: split.id }));
}
