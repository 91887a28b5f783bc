import { Parser, tokTypes as types } from 'acorn';
import type { Token, TokenType } from 'acorn';

/** A value as it stands in a script. */
export interface JsLiteral {
  /** Undefined where no constant stands. */
  readonly value: unknown;
  /** Where the text goes on behind it; without one, how far it was read. */
  readonly end: number;
}

const MAX_DEPTH = 64;
const CONSTANTS: ReadonlyMap<TokenType, unknown> = new Map<TokenType, unknown>([
  [types._true, true],
  [types._false, false],
  [types._null, null],
]);

/**
 * Reads an object, array, string, number or other constant of JavaScript, which is more than JSON: bare and quoted
 * keys, any quotes, trailing commas, comments, `void 0`, `!0`, `new Date(0)` (its argument). Names stand for undefined.
 * Nothing is evaluated; one pass, however broken the text is; values nested more than 64 deep are none. Of acorn only
 * the tokenizer is used: its parser goes as deep as the text does, and V8 ends the process where that meets a regular
 * expression.
 */
export function readJsLiteral(text: string, start: number): JsLiteral {
  const reader = new LiteralReader(text.slice(start));
  let value: unknown;
  try {
    value = reader.value(0);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { value, end: start + reader.end };
}

/** Regular expressions are no constants, and reading one is recursive too. */
const Tokens = Parser.extend(
  (Base) =>
    class extends Base {
      readRegexp(): never {
        throw new SyntaxError('a regular expression');
      }
    },
);

/** What acorn's types leave out. */
type ValuedToken = Token & { readonly value?: unknown };

class LiteralReader {
  readonly #tokens: { getToken(): ValuedToken };
  #ahead: ValuedToken | undefined;
  end = 0;

  constructor(text: string) {
    this.#tokens = Tokens.tokenizer(text, { ecmaVersion: 'latest' });
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deep');
    const { type, value } = this.#next();
    if (type === types.string || type === types.num) return value;
    if (type === types.bracketL) return this.#list(types.bracketR, depth);
    if (type === types.braceL) return this.#object(depth);
    if (type === types.backQuote) return this.#template();
    if (type === types.prefix && value === '!') return !this.value(depth + 1);
    if (type === types.plusMin) return Number(`${value}1`) * Number(this.#take(types.num).value);
    if (type === types._void) return void this.value(depth + 1);
    if (type === types._new) return this.#construction(depth);
    if (type === types.name) return this.#members();
    if (CONSTANTS.has(type)) return CONSTANTS.get(type);
    throw new SyntaxError('no constant');
  }

  #object(depth: number): unknown {
    const entries: [string, unknown][] = [];
    while (!this.#has(types.braceR)) {
      const { type, value } = this.#next();
      const isKey = type === types.name || type === types.string || type === types.num || type.keyword !== undefined;
      if (!isKey) throw new SyntaxError('no key');
      this.#take(types.colon);
      entries.push([String(value), this.value(depth + 1)]);
      if (this.#has(types.braceR)) break;
      this.#take(types.comma);
    }
    // A key such as __proto__ becomes an ordinary one.
    return Object.fromEntries(entries);
  }

  #list(close: TokenType, depth: number): unknown[] {
    const items: unknown[] = [];
    while (!this.#has(close)) {
      // A hole.
      if (this.#has(types.comma)) {
        items.push(undefined);
        continue;
      }
      items.push(this.value(depth + 1));
      if (this.#has(close)) break;
      this.#take(types.comma);
    }
    return items;
  }

  /** One with a value in it is no constant. */
  #template(): unknown {
    const { value } = this.#take(types.template);
    this.#take(types.backQuote);
    return value;
  }

  #construction(depth: number): unknown {
    this.#take(types.name);
    this.#members();
    return this.#has(types.parenL) ? this.#list(types.parenR, depth + 1)[0] : undefined;
  }

  /** `.b.c` behind a name. */
  #members(): undefined {
    while (this.#has(types.dot)) this.#take(types.name);
  }

  #has(type: TokenType): boolean {
    this.#ahead ??= this.#tokens.getToken();
    if (this.#ahead.type !== type) return false;
    this.#next();
    return true;
  }

  #take(type: TokenType): ValuedToken {
    const token = this.#next();
    if (token.type !== type) throw new SyntaxError(`not ${type.label}`);
    return token;
  }

  #next(): ValuedToken {
    const token = this.#ahead ?? this.#tokens.getToken();
    this.#ahead = undefined;
    this.end = token.end;
    return token;
  }
}
