import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import type { Engine } from '../engines/engine';
import { judgePage } from '../judge-page';

/** `winnow engines list` and `winnow engines parse` */
export const enginesCommand: CommandSpec = {
  name: 'engines',
  summary: 'List search engines, or parse a saved answer of one',
  arguments: [],
  options: [],
  subcommands: [
    {
      name: 'list',
      summary: 'Name every engine, its kind and whether it is on by default',
      arguments: [],
      options: [],
      run: runList,
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
      run: runParse,
    },
  ],
};

async function runList(): Promise<CommandResult> {
  const { ENGINES } = await import('../engines/engines');
  const engines: readonly Engine[] = Object.values(ENGINES);
  return {
    exitCode: 0,
    json: { engines: engines.map(({ name, kind, enabledByDefault }) => ({ name, kind, enabledByDefault })) },
    text: engines.map(
      ({ name, kind, enabledByDefault }) => `${name.padEnd(12)} ${kind.padEnd(13)} ${enabledByDefault ? 'on' : 'off'}`,
    ),
  };
}

async function runParse(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const { ENGINES, isEngineName } = await import('../engines/engines');
  const name = String(input.arguments['engine']);
  if (!isEngineName(name)) {
    throw new WinnowError('USAGE', `There is no engine ${name}`, {
      next: `Name one of ${Object.keys(ENGINES).join(', ')}.`,
    });
  }
  const engine: Engine = ENGINES[name];
  const body = await readBodyFile(path.resolve(io.cwd, String(input.arguments['file'])));
  const query = textOption(input, 'query') ?? '';
  const first = engine.request({ text: query, cursor: null, filters: { licenses: 'any', safe: 'strict' } });
  const status = input.options['status'];
  const parsed = engine.parse(body, {
    status: typeof status === 'number' ? status : 200,
    headers: parseHeaders(input.options['header']),
    url: textOption(input, 'url') ?? first.url,
    query,
  });
  const page = judgePage(engine, parsed, { query, hitCount: 0 });
  return {
    exitCode: 0,
    // The parsers make plain objects of texts and numbers.
    json: { engine: name, ...(page as unknown as Record<string, JsonValue>) },
    text: [
      `${page.class}, ${page.hits.length} hits, next ${JSON.stringify(page.next)}`,
      ...page.hits.map((hit) => `${hit.imageUrl}  ${hit.license ?? '-'}  ${hit.title ?? ''}`),
    ],
  };
}

async function readBodyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new WinnowError('FILE_NOT_FOUND', 'The saved answer cannot be read', {
      where: file,
      next: 'Check the path.',
      cause: error,
    });
  }
}

function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

function parseHeaders(lines: unknown): Record<string, string> {
  const list = Array.isArray(lines) ? lines.map(String) : [];
  return Object.fromEntries(
    list.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) throw new WinnowError('USAGE', `--header ${line} is not of the form Name: value`);
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
