import { WinnowError } from '@winnow/contracts';

/** A piece of an expression. Quoted text is never a keyword or a sign. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'sign' | 'end';
  readonly text: string;
  /** Of its first character, from 0. */
  readonly position: number;
}

/** Longest first, so that `<=` is not read as `<`. */
const SIGN = /!=|<=|>=|[=<>(),]/y;
const WORD = /[^\s()=!<>,'"]+/y;
const BLANK = /\s+/y;
const QUOTED = /'([^']*)'|"([^"]*)"/y;

/** Cuts an expression into its pieces; the last one is of kind `end`. @throws WinnowError CONFIG_INVALID naming the place */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  while (at < text.length) {
    const position = at;
    if (take(BLANK) !== null) continue;
    const quoted = take(QUOTED);
    const piece = quoted ?? take(SIGN);
    if (quoted !== null) tokens.push({ kind: 'quoted', text: quoted[1] ?? quoted[2] ?? '', position });
    else if (piece !== null) tokens.push({ kind: 'sign', text: piece[0], position });
    else tokens.push({ kind: 'word', text: readWord(take(WORD), text, position), position });
  }
  return [...tokens, { kind: 'end', text: '', position: text.length }];
}

function readWord(match: RegExpExecArray | null, text: string, position: number): string {
  if (match !== null) return match[0];
  const found = text[position] ?? '';
  throw whereError(
    found === '!' ? '"!" is not understood; write != or not' : `the quote ${found} is not closed`,
    position,
  );
}

/** What is wrong with an expression, and where: `position` counts characters from 0. */
export function whereError(message: string, position: number): WinnowError {
  return new WinnowError('CONFIG_INVALID', message, {
    where: `build.where, character ${position + 1}`,
    next: "Write comparisons such as `width >= 128`, `license in (cc0, by)` or `title contains 'red owl'`, joined by and, or, not.",
  });
}
