import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { firstRepeat, WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandSpec, JsonValue } from '@winnow/contracts';
import { PROJECT_SCHEMA_FILE, projectFileText, projectJsonSchema } from '@winnow/config';
import { writeFileAtomic } from '@winnow/files';
import { runCommand } from './run-step';
import { describeSuggestion, fittingModels, suggestModel } from './suggest-model';
import type { ModelBudget, OfferedModel, Suggestion } from './suggest-model';

export const initCommand: CommandSpec = {
  name: 'init',
  summary: 'Write a project file for a list of class names',
  arguments: [{ name: 'classes', description: 'text file, one class name a line; # starts a comment', required: true }],
  options: [
    { flags: '--name <name>', description: 'name of the project (default: that of the file)', type: 'string' },
    {
      flags: '--out <file>',
      description: `where to write, with ${PROJECT_SCHEMA_FILE} beside it (default: NAME.yaml beside the list)`,
      type: 'string',
    },
    { flags: '--force', description: 'replace an existing file', type: 'boolean' },
    { flags: '--suggest', description: 'choose the student by the most that it may cost, below', type: 'boolean' },
    { flags: '--max-parameters <n>', description: 'with --suggest', type: 'integer', min: 1 },
    { flags: '--max-multiply-adds <n>', description: 'with --suggest: of one image', type: 'integer', min: 1 },
    { flags: '--max-bytes <n>', description: 'with --suggest: of its weights, 32-bit floats', type: 'integer', min: 1 },
    {
      flags: '--max-millis <x>',
      description: 'with --suggest: of one image on this machine; measured, which takes a minute at first',
      type: 'number',
      min: 0,
    },
    {
      flags: '--size <pixels>',
      description: 'with --suggest: side of the images (default: 224, usual for photographs)',
      type: 'integer',
      min: 1,
    },
  ],
  examples: [
    'winnow init birds.txt --suggest --max-parameters 1000000',
    'winnow init birds.txt',
    'winnow init birds.txt --name birds-v2 --out projects/birds.yaml',
  ],
  async run(input, io) {
    const listFile = path.resolve(io.cwd, String(input.arguments['classes']));
    const names = parseClassList(await readList(listFile), listFile);
    const name = String(input.options['name'] ?? path.basename(listFile, path.extname(listFile)));
    const out = path.resolve(io.cwd, String(input.options['out'] ?? path.join(path.dirname(listFile), `${name}.yaml`)));
    refuseOverwriting(out, { listFile, force: input.options['force'] === true });
    const suggestion = await suggest(input, names.length, io);
    const student = suggestion === null ? PLAIN : { model: suggestion.model.name, size: suggestion.model.size };
    // A bad name is refused before anything is touched.
    const text = projectText({ name, names, student }, listFile);
    await writeFileAtomic(out, text);
    const schema = path.join(path.dirname(out), PROJECT_SCHEMA_FILE);
    await writeFileAtomic(schema, `${JSON.stringify(projectJsonSchema(), null, 2)}\n`);
    const shown = path.relative(io.cwd, out) || out;
    return {
      exitCode: 0,
      json: {
        project: out,
        schema,
        classes: names,
        ...(suggestion === null ? {} : { suggestion: suggestion as unknown as JsonValue }),
      },
      text: [
        ...(suggestion === null ? [] : describeSuggestion(suggestion)),
        `Wrote ${shown} with ${names.length} classes, and ${PROJECT_SCHEMA_FILE} beside it for editors.`,
        `Next: look at its search texts, put your address under harvest.contact, then \`winnow crawl ${shown}\`.`,
      ],
    };
  },
};

/** One name a line; blank lines and # comments are skipped. @throws WinnowError FORMAT_INVALID */
function parseClassList(text: string, where: string): string[] {
  const names = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const twice = firstRepeat(names);
  if (twice !== undefined) {
    throw new WinnowError('FORMAT_INVALID', `Class "${twice}" is listed twice`, {
      where,
      next: 'Remove one of the lines.',
    });
  }
  if (names.length < 2) {
    throw new WinnowError('FORMAT_INVALID', `A classifier needs at least two classes, found ${names.length}`, {
      where,
      next: 'Write one class name a line.',
    });
  }
  return names;
}

async function readList(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new WinnowError('FILE_NOT_FOUND', 'The class list cannot be read', {
      where: file,
      next: 'Check the path.',
      cause: error,
    });
  }
}

function refuseOverwriting(
  out: string,
  { listFile, force }: { readonly listFile: string; readonly force: boolean },
): void {
  if (out === listFile) {
    throw new WinnowError('USAGE', 'The project file would replace the class list', {
      where: out,
      next: 'Name another with --out.',
    });
  }
  if (existsSync(out) && !force) {
    throw new WinnowError('USAGE', 'The project file exists already', {
      where: out,
      next: 'Name another with --out, or replace it with --force.',
    });
  }
}

interface NewProject {
  readonly name: string;
  readonly names: readonly string[];
  /** Architecture, and side of its images in pixels. */
  readonly student: { readonly model: string; readonly size: number };
}

/** For small images. */
const PLAIN: NewProject['student'] = { model: 'resnet8', size: 32 };

/** Null where none was asked for. @throws WinnowError USAGE for a budget without --suggest and the other way round */
async function suggest({ options }: CommandInput, classes: number, io: CommandIo): Promise<Suggestion | null> {
  const { suggest: isAsked, size, maxParameters, maxMultiplyAdds, maxBytes, maxMillis } = options;
  const given = { parameters: maxParameters, multiplyAdds: maxMultiplyAdds, bytes: maxBytes, millis: maxMillis };
  const budget = given as ModelBudget;
  const isLimited = Object.values(budget).some((limit) => limit !== undefined);
  if (isAsked !== true && !isLimited && size === undefined) return null;
  if (isAsked !== true || !isLimited) {
    throw new WinnowError('USAGE', 'A student is suggested for a budget', {
      where: '--suggest',
      next: 'Say both, for example `--suggest --max-parameters 1000000`; --size is the side of its images.',
    });
  }
  const side = Number(size ?? 224);
  const offered = async (
    asked: object,
    log: CommandIo['log'] = (line) => io.log(line),
  ): Promise<readonly OfferedModel[]> => {
    const request = { arguments: {}, options: { classes, size: side, ...asked } };
    return (await runCommand('models', request, { ...io, log })).json['models'] as unknown as readonly OfferedModel[];
  };
  // Which engine counts multiply-adds is nothing to a person.
  const all = await offered({}, () => undefined);
  if (budget.millis === undefined) return suggestModel(all, { size: side, budget });
  const candidates = fittingModels(all, { size: side, budget: { ...budget, millis: undefined } });
  const timed = await offered({ time: true, only: candidates.map(({ name }) => name) });
  return suggestModel(timed, { size: side, budget });
}

function projectText({ name, names, student }: NewProject, where: string): string {
  const project = {
    name,
    classes: names.map((className) => ({ name: className, queries: [className] })),
    harvest: { engines: ['openverse', 'commons'], perClass: 300, licenses: 'any', safe: 'strict' },
    build: { size: student.size },
    student: { model: student.model },
    train: { seed: 1 },
  };
  return projectFileText(project, {
    where,
    above: [
      'winnow project. `winnow config` prints the settings in force, `winnow config --schema` all there are.',
      'Before a crawl: several search texts a class find more, and better, images; site owners want a contact of yours:',
      'put a mail address or URL under harvest.contact. Before split and train: name the teacher, and make build.size',
      'the size of its input: `winnow teacher check` looks at that.',
    ],
    below: ['teacher: { weights: teacher.safetensors }', 'evaluate: { test: images/test }'],
  });
}
