/** Whole numbers of at least 0, one after another. */
type Dice = () => number;

/** One way to change an answer. */
export interface Mutation {
  readonly dice: Dice;
  /** Any text, for what is put in. */
  readonly insert: string;
}

type Change = (text: string, mutation: Mutation) => string;

/** Longer lists say nothing new and take time. */
const MAX_ITEMS = 4;
const NUMBERS = [0, 1, -1, 7, 0.5, 1e21, Number.MAX_SAFE_INTEGER, 4096];
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const NON_ASCII = ['é', 'ß', 'ñ', '猫', 'кот', '🐈', 'שלום', '“', '\u200D', '﷽'];

/** Changes of JSON that leave it an answer of the same format, near enough. */
const JSON_CHANGES: Readonly<Record<string, Change>> = {
  reorderKeys: (text, { dice }) =>
    changeJson(text, (_key, value) => {
      if (!isRecord(value)) return value;
      const entries = Object.entries(value);
      const turn = entries.length === 0 ? 0 : dice() % entries.length;
      return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse());
    }),
  extraFields: (text, { dice, insert }) =>
    changeJson(text, (_key, value) =>
      isRecord(value) ? { [`x${dice() % 100}`]: insert, ...value, zz: [dice(), null, { insert }] } : value,
    ),
  numbers: (text, mutation) => changeLeaf(text, mutation, 'number', ({ dice }) => pick(NUMBERS, dice)),
  nulls: (text, mutation) => changeLeaf(text, mutation, 'any', () => null),
  missing: (text, mutation) => changeLeaf(text, mutation, 'any', () => undefined),
  texts: (text, mutation) => changeLeaf(text, mutation, 'string', ({ insert }, old) => `${String(old)}${insert}`),
  titles: (text, { dice }) =>
    changeJson(text, (key, value) =>
      typeof value === 'string' && /title/i.test(key) ? `${pick(NON_ASCII, dice)} ${value}` : value,
    ),
  sizes: (text) => changeJson(text, (key, value) => (/width|height/i.test(key) ? undefined : value)),
  escaped: (text) =>
    changeJson(text, (_key, value) => value).replace(
      /[^\x20-\x7e]|[<>&/]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  spaced: (text) => JSON.stringify(JSON.parse(text), undefined, '\t\t'),
};

/** The same for markup and scripts. */
const TEXT_CHANGES: Readonly<Record<string, Change>> = {
  numbers: (text, { dice }) => replaceAt(text, /\d+/g, dice, () => String(dice() % 10_000)),
  letters: (text, { dice }) => replaceAt(text, /[a-z]/g, dice, () => LETTERS.charAt(dice() % LETTERS.length)),
  nonAscii: (text, { dice }) => replaceAt(text, / (?=[a-z]{3})/gi, dice, () => ` ${pick(NON_ASCII, dice)} `),
  spaces: (text) => text.replaceAll('><', '>\n  <'),
  attributes: (text, { dice }) => replaceAt(text, /<[a-z]+ /g, dice, (tag) => `${tag}data-x${dice() % 100}="1" `),
  comments: (text, { dice }) => replaceAt(text, />(?=<)/g, dice, () => '><!-- new -->'),
};

const DESTRUCTIVE_CHANGES: Readonly<Record<string, Change>> = {
  cut: (text, { dice }) => text.slice(0, dice() % (text.length + 1)),
  remove: (text, { dice }) => {
    const start = dice() % (text.length + 1);
    return text.slice(0, start) + text.slice(start + (dice() % 200));
  },
  splice: (text, { dice, insert }) => {
    const start = dice() % (text.length + 1);
    return text.slice(0, start) + insert + text.slice(start + (dice() % 3));
  },
  repeat: (text, { dice }) => {
    const start = dice() % (text.length + 1);
    return text.slice(0, start) + text.slice(start, start + 500).repeat(4) + text.slice(start);
  },
  deepen: (text, { dice }) => {
    const start = dice() % (text.length + 1);
    return text.slice(0, start) + pick(['[', '{"a":', '<div>', '{a:', '("'], dice).repeat(500) + text.slice(start);
  },
  wrongTypes: (text) => text.replace(/"https?:[^"]*"/g, '{"url":1}'),
};

/** A change or two that keep the format, and in one case of four another that may well not. */
export function mutateResponse(sample: string, mutation: Mutation): string {
  const { dice } = mutation;
  const isJson = isRecord(parse(sample));
  let text = isJson && dice() % 16 > 0 ? JSON.stringify(shorten(parse(sample))) : sample;
  const changes = Object.values(isJson ? JSON_CHANGES : TEXT_CHANGES);
  for (let left = isJson ? 2 : 1; left > 0; left -= 1) text = pick(changes, dice)(text, mutation);
  return dice() % 4 > 0 ? text : pick(Object.values(DESTRUCTIVE_CHANGES), dice)(text, mutation);
}

/** Changes every value, those within others first; undefined leaves one out. */
function changeJson(text: string, change: (key: string, value: unknown) => unknown): string {
  const changed = (key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => changed('', item));
    if (!isRecord(value)) return change(key, value);
    return change(key, Object.fromEntries(Object.entries(value).map(([name, item]) => [name, changed(name, item)])));
  };
  return JSON.stringify(changed('', JSON.parse(text)));
}

/** Changes one leaf of a kind. */
function changeLeaf(
  text: string,
  mutation: Mutation,
  kind: 'string' | 'number' | 'any',
  change: (mutation: Mutation, old: unknown) => unknown,
): string {
  const isLeaf = (value: unknown): boolean => typeof value !== 'object' && (kind === 'any' || typeof value === kind);
  let leaves = 0;
  changeJson(text, (_key, value) => {
    if (isLeaf(value)) leaves += 1;
    return value;
  });
  const chosen = leaves === 0 ? -1 : mutation.dice() % leaves;
  let at = -1;
  return changeJson(text, (_key, value) => {
    if (!isLeaf(value)) return value;
    at += 1;
    return at === chosen ? change(mutation, value) : value;
  });
}

/** Replaces one match of a pattern. */
function replaceAt(text: string, pattern: RegExp, dice: Dice, replacement: (match: string) => string): string {
  const from = dice() % (text.length + 1);
  const search = new RegExp(pattern.source, pattern.flags);
  search.lastIndex = from;
  const match = search.exec(text);
  if (match === null) return text;
  return text.slice(0, match.index) + replacement(match[0]) + text.slice(match.index + match[0].length);
}

function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(shorten);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item)]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pick<T>(items: readonly T[], dice: Dice): T {
  return items[dice() % items.length] as T;
}
