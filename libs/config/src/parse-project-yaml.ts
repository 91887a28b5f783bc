import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, ParsedNode } from 'yaml';
import { isWinnowError, WinnowError } from '@winnow/contracts';

/** The content of a YAML file, and where in it things stand. */
export interface ParsedYaml {
  /** Plain objects, nested no deeper than `MAX_NESTING`; aliases are shared, none holds itself. */
  readonly value: unknown;
  /** Line of the node at this path, from 1. */
  lineOf(keys: readonly PropertyKey[]): number | undefined;
}

/** A project file needs seven. */
const MAX_NESTING = 100;
/** The library takes quadratic time over them. */
const MAX_ALIASES = 1000;
/** Of aliases within aliases: they could make a small file grow without bound. */
const MAX_ALIAS_EXPANSION = 100;

/** Parses a project file in linear time. @throws WinnowError CONFIG_INVALID with the line, where it is known */
export function parseProjectYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter();
  const invalid = (why: string, offset?: number): WinnowError =>
    new WinnowError('CONFIG_INVALID', `The project file is not valid YAML: ${why}`, {
      where: offset === undefined ? file : `${file}, line ${lines.linePos(offset).line}`,
    });
  try {
    // The library compares each key with all others of its mapping.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const [problem] = document.errors;
    if (problem !== undefined && !isPlainText(document)) throw invalid(problem.message, problem.pos[0]);
    refuseNodes(document, invalid);
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIAS_EXPANSION });
    if (heightOf(value, new Map()) > MAX_NESTING) throw invalid(TOO_DEEP);
    return { value, lineOf: (keys) => lineOf(document, lines, keys) };
  } catch (error) {
    if (isWinnowError(error) && !error.message.includes(STACK_OVERFLOW)) throw error;
    const { message } = error as Error;
    throw invalid(message.includes(STACK_OVERFLOW) ? TOO_DEEP : message);
  }
}

const STACK_OVERFLOW = 'Maximum call stack';
const TOO_DEEP = `nested deeper than ${MAX_NESTING} levels, or an alias within its own anchor`;

/** A list of names, say, with comments between them. */
function isPlainText({ contents }: Document): boolean {
  return isScalar(contents) && contents.type === 'PLAIN' && typeof contents.value === 'string';
}

/** @throws WinnowError for a key that stands twice in its mapping, and for too many aliases */
function refuseNodes(document: Document, invalid: (why: string, offset?: number) => WinnowError): void {
  let aliases = 0;
  visit(document, {
    Alias: (_, { range }) => {
      aliases += 1;
      if (aliases > MAX_ALIASES) throw invalid(`more than ${MAX_ALIASES} aliases`, range?.[0]);
    },
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) throw invalid(`the key ${JSON.stringify(name.slice(0, 100))} stands twice`, key.range?.[0]);
        seen.add(name);
      }
    },
  });
}

/** Levels of objects within objects; Infinity for one that holds itself, or beyond `MAX_NESTING`. */
function heightOf(value: unknown, heights: Map<object, number>, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  const known = heights.get(value);
  if (known !== undefined) return known;
  // Stays so where it is met again within itself.
  heights.set(value, Infinity);
  if (depth > MAX_NESTING) return Infinity;
  let height = 0;
  for (const child of Object.values(value)) height = Math.max(height, heightOf(child, heights, depth + 1));
  heights.set(value, height + 1);
  return height + 1;
}

function lineOf(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number | undefined {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const node = document.getIn(keys.slice(0, depth), true) as ParsedNode | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
