/** Digits of `\xNN`, then of `\uNNNN`. */
const HEX_ESCAPE = /x([\da-f]{2})/iy;
const UNICODE_ESCAPE = /u[\da-f]{4}/iy;
const PLAIN_ESCAPES: ReadonlySet<string> = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't']);

/**
 * Parses JSON as some engines write it: with the escapes of JavaScript (`\'`, `\x27`), raw control characters in
 * strings and commas before a closing bracket. Linear in time.
 * @returns undefined when it is not JSON even so
 */
export function parseLenientJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Below.
  }
  try {
    return JSON.parse(strictJson(text)) as unknown;
  } catch {
    return undefined;
  }
}

function strictJson(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', done)) {
    parts.push(withoutLooseCommas(text.slice(done, at)));
    const { literal, end } = readString(text, at);
    parts.push(literal);
    done = end;
  }
  parts.push(withoutLooseCommas(text.slice(done)));
  return parts.join('');
}

/** The string literal that starts at a quote, in strict JSON, and where it ends. */
function readString(text: string, start: number): { literal: string; end: number } {
  const parts: string[] = ['"'];
  let done = start + 1;
  const special = /["\\\u0000-\u001f]/g;
  for (;;) {
    special.lastIndex = done;
    const found = special.exec(text);
    if (found === null) return { literal: parts.join(''), end: text.length };
    parts.push(text.slice(done, found.index));
    if (found[0] === '"') return { literal: [...parts, '"'].join(''), end: found.index + 1 };
    if (found[0] === '\\') {
      const { escape, length } = readEscape(text, found.index + 1);
      parts.push(escape);
      done = found.index + 1 + length;
    } else {
      parts.push(unicodeEscape(found[0]));
      done = found.index + 1;
    }
  }
}

function readEscape(text: string, at: number): { escape: string; length: number } {
  const letter = text[at] ?? '';
  if (PLAIN_ESCAPES.has(letter)) return { escape: `\\${letter}`, length: 1 };
  HEX_ESCAPE.lastIndex = at;
  const hex = HEX_ESCAPE.exec(text)?.[1];
  if (hex !== undefined) return { escape: `\\u00${hex}`, length: 3 };
  UNICODE_ESCAPE.lastIndex = at;
  const unicode = UNICODE_ESCAPE.exec(text)?.[0];
  if (unicode !== undefined) return { escape: `\\${unicode}`, length: 5 };
  // JavaScript reads any other escaped character as itself.
  return { escape: letter < ' ' ? '' : letter, length: letter.length };
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function withoutLooseCommas(text: string): string {
  return text.replace(/,(?=\s*[\]}])/g, '');
}

/** A JSON object of unknown fields. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The object that a body holds, or undefined. */
export function parseJsonRecord(body: string): JsonRecord | undefined {
  try {
    return asRecord(JSON.parse(body.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}

export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** No engine gives as many results at once; who does wants to fill the memory. */
const MAX_RESULTS = 2000;

/** The results that a page lists. */
export function asResults(value: unknown): readonly unknown[] {
  return asList(value).slice(0, MAX_RESULTS);
}

/** A whole number from 1 to `max`, or undefined. */
export function asPage(value: unknown, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max ? value : undefined;
}

/** The objects among the items of a list, of no more than a page may have; none when it is no list. */
export function asRecords(value: unknown): readonly JsonRecord[] {
  return asResults(value).flatMap((item): readonly JsonRecord[] => {
    const record = asRecord(item);
    return record === undefined ? [] : [record];
  });
}

/** Longer than any one result. */
const MAX_PART_CHARACTERS = 50_000;
/** Characters that may be looked at: for each one of the text, and once. */
const MAX_LOOKS = 2;
const MIN_LOOKS = 1_000_000;
/** What brackets without JSON between them count for, in characters: an error costs some 25 microseconds, however short they are. */
const FAILED_PART_LOOKS = 2000;

/**
 * The objects or arrays in a damaged JSON text that are whole themselves, in their order and none within another: a
 * cut or a lost quote costs the results around it, not all of them. Takes time in proportion to the text.
 */
export function wholeParts(text: string, opening: '{' | '['): readonly unknown[] {
  const parts: unknown[] = [];
  let looksLeft = MAX_LOOKS * text.length + MIN_LOOKS;
  for (let at = text.indexOf(opening); at !== -1 && looksLeft > 0; at = text.indexOf(opening, at)) {
    const limit = at + MAX_PART_CHARACTERS;
    const end = endOfBrackets(text, at, limit);
    const part = end === undefined ? undefined : parseLenientJson(text.slice(at, end));
    looksLeft -= (end ?? Math.min(limit, text.length)) - at;
    if (part !== undefined) parts.push(part);
    else if (end !== undefined) looksLeft -= FAILED_PART_LOOKS;
    at = part === undefined || end === undefined ? at + 1 : end;
  }
  return parts;
}

/** Where the brackets end that open at `start`; undefined when they do not, before `limit`. */
export function endOfBrackets(text: string, start: number, limit = text.length): number | undefined {
  const marks = /["[\]{}]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null && mark.index < limit; mark = marks.exec(text)) {
    if (mark[0] === '"') {
      const end = endOfString(text, mark.index + 1, limit);
      if (end === undefined) return undefined;
      marks.lastIndex = end;
      continue;
    }
    depth += mark[0] === '[' || mark[0] === '{' ? 1 : -1;
    if (depth === 0) return mark.index + 1;
  }
  return undefined;
}

function endOfString(text: string, start: number, limit: number): number | undefined {
  const marks = /["\\]/g;
  marks.lastIndex = start;
  for (let mark = marks.exec(text); mark !== null && mark.index < limit; mark = marks.exec(text)) {
    if (mark[0] === '"') return mark.index + 1;
    marks.lastIndex = mark.index + 2;
  }
  return undefined;
}
