import { readFile } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, EngineHit, JsonValue } from '@winnow/contracts';
import { engineByName } from '../engines/engines';
import { detectSoftBlock } from '../listing/detect-soft-block';
import path from 'node:path';

const DRIFT_ADVICE =
  'Is it one of this engine, with its --status, --url and --header? If so, its format has changed and the parser needs an update.';

/**
 * Reads a saved answer with an engine's parser; one that it does not know is a failure.
 * @throws WinnowError USAGE, FILE_NOT_FOUND
 */
export async function parseSavedResponse(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const engine = engineByName(String(input.arguments['engine']));
  const headers = parseHeaders(input.options['header']);
  const body = await readBodyFile(path.resolve(io.cwd, String(input.arguments['file'])));
  const query = textOption(input, 'query') ?? '';
  const first = engine.request({ text: query, cursor: null, filters: { licenses: 'any', safe: 'strict' } });
  const status = input.options['status'];
  const parsed = engine.parse(body, {
    status: typeof status === 'number' ? status : 200,
    headers,
    url: textOption(input, 'url') ?? first.url,
    query,
  });
  const page = detectSoftBlock(engine, parsed, { query, hitCount: 0 });
  const isKnown = page.class !== 'format_drift';
  return {
    exitCode: isKnown ? 0 : 1,
    // The parsers make plain objects of texts and numbers.
    json: { engine: engine.name, ...(page as unknown as Record<string, JsonValue>) },
    text: [
      `${page.class}, ${page.hits.length} hits, next ${JSON.stringify(page.next)}`,
      ...page.hits.flatMap(hitLines),
      ...(isKnown ? [] : [`The parser of ${engine.name} does not know this answer. ${DRIFT_ADVICE}`]),
    ],
  };
}

/** The image's address, and below it all else that is known of it. */
function hitLines({ imageUrl, ...others }: EngineHit): readonly string[] {
  return [
    imageUrl,
    ...Object.entries(others).map(([name, value]) => `  ${name}: ${Array.isArray(value) ? value.join(' ') : value}`),
  ];
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
