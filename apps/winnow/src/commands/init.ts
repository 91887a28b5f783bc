import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { firstRepeat, WinnowError } from '@winnow/contracts';
import type { CommandSpec } from '@winnow/contracts';
import { PROJECT_SCHEMA_FILE, projectFileText, projectJsonSchema } from '@winnow/config';
import { writeFileAtomic } from '@winnow/runs';

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
  ],
  examples: ['winnow init birds.txt', 'winnow init birds.txt --name birds-v2 --out projects/birds.yaml'],
  async run(input, io) {
    const listFile = path.resolve(io.cwd, String(input.arguments['classes']));
    const names = parseClassList(await readList(listFile), listFile);
    const name = String(input.options['name'] ?? path.basename(listFile, path.extname(listFile)));
    const out = path.resolve(io.cwd, String(input.options['out'] ?? path.join(path.dirname(listFile), `${name}.yaml`)));
    refuseOverwriting(out, { listFile, force: input.options['force'] === true });
    // A bad name is refused before anything is touched.
    const text = projectText(name, names, listFile);
    await writeFileAtomic(out, text);
    const schema = path.join(path.dirname(out), PROJECT_SCHEMA_FILE);
    await writeFileAtomic(schema, `${JSON.stringify(projectJsonSchema(), null, 2)}\n`);
    const shown = path.relative(io.cwd, out) || out;
    return {
      exitCode: 0,
      json: { project: out, schema, classes: names },
      text: [
        `Wrote ${shown} with ${names.length} classes, and ${PROJECT_SCHEMA_FILE} beside it for editors.`,
        `Next: look at its search texts, put your address under harvest.contact, then \`winnow crawl ${shown}\`.`,
      ],
    };
  },
};

/** One name a line; blank lines and # comments are skipped. @throws WinnowError FORMAT_INVALID */
export function parseClassList(text: string, where: string): string[] {
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

function projectText(name: string, names: readonly string[], where: string): string {
  const project = {
    name,
    classes: names.map((className) => ({ name: className, queries: [className] })),
    harvest: { engines: ['openverse', 'commons'], perClass: 300, licenses: 'any', safe: 'strict' },
    build: { size: 32 },
    student: { model: 'resnet8' },
    train: { epochs: 30, seed: 1 },
  };
  return projectFileText(project, {
    where,
    above: [
      'winnow project. `winnow config` prints the settings in force, `winnow config --schema` all there are.',
      'Before a crawl: several search texts a class find more, and better, pictures; site owners want a contact of yours:',
      'put a mail address or URL under harvest.contact. Before split and train: name the teacher, and make build.size',
      'the size of its input: `winnow teacher check` looks at that.',
    ],
    below: ['teacher: { weights: teacher.safetensors }', 'evaluate: { test: pictures/test }'],
  });
}
