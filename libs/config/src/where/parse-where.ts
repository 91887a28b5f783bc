import { readTokens, whereError } from './read-tokens';
import type { Token } from './read-tokens';

/** What an expression may name: how its values are compared. Whoever evaluates it knows more of a field. */
export interface WhereFieldType {
  readonly type: 'number' | 'text';
  /** The only values that there are. */
  readonly choices?: readonly string[];
  /** Known once the data set is split. */
  readonly needsSplit?: true;
  /** What people said of an image. */
  readonly needsDecisions?: true;
}

/** The fields that an expression may name. */
export interface WhereFields<Field extends WhereFieldType> {
  readonly fields: ReadonlyMap<string, Field>;
  /** Fields whose values are the classes of the project. */
  readonly classFields: ReadonlySet<string>;
  /** The only ones that there are; without them, any. */
  readonly classes?: readonly string[] | undefined;
}

export type WhereComparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'contains';

/** A parsed expression over some fields. */
export type WhereExpression<Field extends WhereFieldType> =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly WhereExpression<Field>[] }
  | { readonly kind: 'not'; readonly part: WhereExpression<Field> }
  | {
      readonly kind: 'compare';
      readonly field: Field;
      readonly comparison: WhereComparison;
      /** One, or those of a list. Numbers of a number field. */
      readonly values: readonly (string | number)[];
    };

const MAX_CHARACTERS = 4000;
/** Parentheses and `not` within one another. */
const MAX_DEPTH = 50;
const COMPARISONS: ReadonlySet<string> = new Set<WhereComparison>(['=', '!=', '<', '<=', '>', '>=', 'in', 'contains']);
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'contains']);

/**
 * Parses what `build.where` may hold: comparisons of fields with words, numbers and quoted text by
 * = != < <= > >= in (...) contains, joined by and, or, not and parentheses.
 * @throws WinnowError CONFIG_INVALID naming the character
 */
export function parseWhereExpression<Field extends WhereFieldType>(
  text: string,
  fields: WhereFields<Field>,
): WhereExpression<Field> {
  if (text.length > MAX_CHARACTERS) {
    throw whereError(`the expression is longer than ${MAX_CHARACTERS} characters`, MAX_CHARACTERS);
  }
  return new Parser(readTokens(text), fields).parse();
}

/** Whether an expression asks what a split says. */
export function asksSplit(node: WhereExpression<WhereFieldType>): boolean {
  return asksAny(node, ({ needsSplit }) => needsSplit === true);
}

/** Whether an expression asks what people decided. */
export function asksDecisions(node: WhereExpression<WhereFieldType>): boolean {
  return asksAny(node, ({ needsDecisions }) => needsDecisions === true);
}

function asksAny(node: WhereExpression<WhereFieldType>, isAsked: (field: WhereFieldType) => boolean): boolean {
  if (node.kind === 'compare') return isAsked(node.field);
  return node.kind === 'not' ? asksAny(node.part, isAsked) : node.parts.some((part) => asksAny(part, isAsked));
}

class Parser<Field extends WhereFieldType> {
  readonly #tokens: readonly Token[];
  readonly #fields: WhereFields<Field>;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], fields: WhereFields<Field>) {
    this.#tokens = tokens;
    this.#fields = fields;
  }

  parse(): WhereExpression<Field> {
    const node = this.#joined('or');
    const rest = this.#peek();
    if (rest.kind === 'end') return node;
    throw whereError(
      `"${rest.text}" is not expected here: a comparison ends before it, and no and or or follows`,
      rest.position,
    );
  }

  /** Parts between `or`, or those between `and`, which binds more tightly. */
  #joined(kind: 'and' | 'or'): WhereExpression<Field> {
    const part = (): WhereExpression<Field> => (kind === 'or' ? this.#joined('and') : this.#negated());
    const first = part();
    const parts = [first];
    while (this.#takeKeyword(kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #negated(): WhereExpression<Field> {
    const { position } = this.#peek();
    if (this.#takeKeyword('not')) return this.#deeper(position, () => ({ kind: 'not', part: this.#negated() }));
    if (!this.#takeSign('(')) return this.#comparison();
    const node = this.#deeper(position, () => this.#joined('or'));
    this.#expectSign(')');
    return node;
  }

  #deeper(position: number, parse: () => WhereExpression<Field>): WhereExpression<Field> {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw whereError(`more than ${MAX_DEPTH} parentheses and nots within one another`, position);
    const node = parse();
    this.#depth -= 1;
    return node;
  }

  #comparison(): WhereExpression<Field> {
    const name = this.#take();
    const field = name.kind === 'word' ? this.#fields.fields.get(name.text) : undefined;
    if (field === undefined) {
      const found =
        name.kind === 'end' ? 'the expression ends where a field is expected' : `"${name.text}" is no field`;
      throw whereError(`${found}; fields are ${[...this.#fields.fields.keys()].join(', ')}`, name.position);
    }
    const isNegated = this.#takeKeyword('not');
    const comparison = this.#operator(name.text, field, isNegated);
    const tokens = comparison === 'in' ? this.#list() : [this.#value()];
    const values = tokens.map((token) => this.#checked(token, name.text, { field, comparison }));
    const node: WhereExpression<Field> = { kind: 'compare', field, comparison, values };
    return isNegated ? { kind: 'not', part: node } : node;
  }

  #operator(name: string, { type }: Field, isNegated: boolean): WhereComparison {
    const token = this.#take();
    const text = token.kind === 'word' ? token.text.toLowerCase() : token.text;
    if (token.kind === 'quoted' || !COMPARISONS.has(text)) {
      throw whereError(`after "${name}" one of ${[...COMPARISONS].join(' ')} is expected`, token.position);
    }
    if (isNegated && text !== 'in' && text !== 'contains') {
      throw whereError(`after "${name} not" in or contains is expected`, token.position);
    }
    const isOrder = text.startsWith('<') || text.startsWith('>');
    if (isOrder && type === 'text') throw whereError(`"${name}" is text and has no order`, token.position);
    if (text === 'contains' && type === 'number')
      throw whereError(`"${name}" is a number and contains no text`, token.position);
    return text as WhereComparison;
  }

  #checked(
    { text, position }: Token,
    name: string,
    { field, comparison }: { readonly field: Field; readonly comparison: WhereComparison },
  ): string | number {
    if (field.type === 'number') return readNumber(text, position, name);
    const choices = this.#fields.classFields.has(name) ? this.#fields.classes : field.choices;
    if (comparison !== 'contains' && choices !== undefined && !choices.includes(text)) {
      throw whereError(`"${text}" is no ${name}; there are ${choices.join(', ')}`, position);
    }
    return text;
  }

  #list(): Token[] {
    this.#expectSign('(');
    const values = [this.#value()];
    while (this.#takeSign(',')) values.push(this.#value());
    this.#expectSign(')');
    return values;
  }

  #value(): Token {
    const token = this.#take();
    const isKeyword = token.kind === 'word' && KEYWORDS.has(token.text.toLowerCase());
    if (token.kind === 'quoted' || (token.kind === 'word' && !isKeyword)) return token;
    const found = token.kind === 'end' ? 'the expression ends' : `"${token.text}" stands`;
    throw whereError(`${found} where a value is expected`, token.position);
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  #takeKeyword(keyword: string): boolean {
    const { kind, text } = this.#peek();
    return kind === 'word' && text.toLowerCase() === keyword && this.#advance();
  }

  #takeSign(sign: string): boolean {
    const { kind, text } = this.#peek();
    return kind === 'sign' && text === sign && this.#advance();
  }

  #advance(): true {
    this.#next += 1;
    return true;
  }

  #expectSign(sign: string): void {
    const { kind, text, position } = this.#peek();
    if (this.#takeSign(sign)) return;
    throw whereError(`"${sign}" is expected ${kind === 'end' ? 'at the end' : `before "${text}"`}`, position);
  }
}

function readNumber(text: string, position: number, name: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw whereError(`"${text}" is no number, as "${name}" is`, position);
}
