import { parseLenientJson } from './parse-json';

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
