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
