/** A value as it stands in a script, and where the text goes on behind it. */
export interface JsLiteral {
  readonly value: unknown;
  readonly end: number;
}

const MAX_DEPTH = 64;
const SPACE = /\s+/y;
const COMMENT = /\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y;
const ESCAPE = /x[\da-fA-F]{2}|u[\da-fA-F]{4}|u\{[\da-fA-F]{1,6}\}/y;
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const NUMBER = /[+-]?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const STRINGS: Readonly<Record<string, RegExp>> = {
  '"': /[^"\\\n]*/y,
  "'": /[^'\\\n]*/y,
  '`': /[^`\\$]*/y,
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', '0': '\0' };
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads an object, array, string, number or other constant of JavaScript, which is more than JSON: bare and quoted
 * keys, any quotes, trailing commas, comments, `void 0`, `!0`, `new Date(0)` (its argument). Names stand for undefined.
 * Nothing is evaluated; one pass, however broken the text is.
 * @returns undefined where no such value stands, or one that is nested more than 64 deep
 */
export function readJsLiteral(text: string, start: number): JsLiteral | undefined {
  const reader = new LiteralReader(text, start);
  try {
    return { value: reader.value(0), end: reader.at };
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

class NotALiteral extends Error {}

class LiteralReader {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NotALiteral();
    this.#skip();
    const first = this.#text[this.at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(']', depth);
    if (first === '"' || first === "'" || first === '`') return this.#string(first);
    if (first === '!') {
      this.at += 1;
      return !this.value(depth + 1);
    }
    const number = this.#take(NUMBER);
    return number === '' ? this.#word(depth) : Number(number);
  }

  #object(depth: number): unknown {
    this.at += 1;
    const entries: [string, unknown][] = [];
    while (!this.#has('}')) {
      const key = this.#key();
      if (!this.#has(':')) throw new NotALiteral();
      entries.push([key, this.value(depth + 1)]);
      if (this.#has('}')) break;
      if (!this.#has(',')) throw new NotALiteral();
    }
    // A key such as __proto__ becomes an ordinary one.
    return Object.fromEntries(entries);
  }

  #key(): string {
    this.#skip();
    const first = this.#text[this.at];
    if (first === '"' || first === "'") return this.#string(first);
    const name = this.#take(NAME) || this.#take(NUMBER);
    if (name === '') throw new NotALiteral();
    return name;
  }

  #array(end: ']' | ')', depth: number): unknown[] {
    this.at += 1;
    const items: unknown[] = [];
    while (!this.#has(end)) {
      // A hole.
      if (this.#has(',')) {
        items.push(undefined);
        continue;
      }
      items.push(this.value(depth + 1));
      if (this.#has(end)) break;
      if (!this.#has(',')) throw new NotALiteral();
    }
    return items;
  }

  #string(quote: string): string {
    this.at += 1;
    const plain = STRINGS[quote] ?? NAME;
    const parts: string[] = [];
    for (;;) {
      parts.push(this.#take(plain));
      const stop = this.#text[this.at];
      this.at += 1;
      if (stop === quote) return parts.join('');
      if (stop === '\\') parts.push(this.#escape());
      // A template with a value in it is no constant.
      else if (stop === '$' && this.#text[this.at] !== '{') parts.push('$');
      else throw new NotALiteral();
    }
  }

  #escape(): string {
    const code = this.#take(ESCAPE);
    if (code !== '') {
      const point = Number.parseInt(code.replace(/[^\da-fA-F]/g, ''), 16);
      return point > 0x10ffff ? '\uFFFD' : String.fromCodePoint(point);
    }
    const letter = this.#text[this.at] ?? '';
    this.at += 1;
    // A line that goes on in the next one.
    if (letter === '\n') return '';
    return ESCAPES[letter] ?? letter;
  }

  #word(depth: number): unknown {
    const word = this.#take(NAME);
    if (word === '') throw new NotALiteral();
    if (word === 'void') {
      this.value(depth + 1);
      return undefined;
    }
    if (word !== 'new') {
      this.#members();
      return WORDS.get(word);
    }
    this.#skip();
    this.#take(NAME);
    this.#members();
    this.#skip();
    return this.#text[this.at] === '(' ? this.#array(')', depth + 1)[0] : undefined;
  }

  /** `.b.c` behind a name. */
  #members(): void {
    while (this.#text[this.at] === '.') {
      this.at += 1;
      if (this.#take(NAME) === '') throw new NotALiteral();
    }
  }

  #skip(): void {
    let before: number;
    do {
      before = this.at;
      this.#take(SPACE);
      this.#take(COMMENT);
    } while (this.at > before);
  }

  /** Whether the next sign, spaces and comments aside, is this one; then it is passed. */
  #has(sign: string): boolean {
    this.#skip();
    if (this.#text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  /** What a sticky pattern matches here; passes it. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }
}
