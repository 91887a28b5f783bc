/** From `from` to `to`, both within. An open end is null. */
export interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

/** One search parameter: how it is read and written. `write` gives '' for the default, which the address leaves out. */
export interface Parameter<Value> {
  /** Undefined: this is no such value. */
  read(text: string): Value | undefined;
  write(value: Value): string;
  readonly standard: Value;
}

/** Values with commas between them; `\,` stands for one within a value, as the server reads it. */
export function listParameter(): Parameter<readonly string[]> {
  return {
    read: (text) => [
      ...new Set(
        text
          .split(/(?<!\\),/)
          .map((value) => value.replaceAll('\\,', ','))
          .filter((value) => value !== ''),
      ),
    ],
    write: (values) => values.map((value) => value.replaceAll(',', '\\,')).join(','),
    standard: [],
  };
}

/** `.4-.6`, `.4-` or `-.6`; numbers of at least 0. */
export function rangeParameter(): Parameter<Range | null> {
  const number = (text: string | undefined): number | null => (text === '' || text === undefined ? null : Number(text));
  const short = (value: number | null): string => (value === null ? '' : plain(value).replace(/^0\./, '.'));
  return {
    read: (text) => {
      const [, from, to] = /^(\d*\.?\d*)-(\d*\.?\d*)$/.exec(text) ?? [];
      const range = { from: number(from), to: number(to) };
      const isNumber = (value: number | null): boolean => value === null || Number.isFinite(value);
      if (!isNumber(range.from) || !isNumber(range.to) || (range.from === null && range.to === null)) return undefined;
      return range;
    },
    write: (range) => (range === null ? '' : `${short(range.from)}-${short(range.to)}`.replace(/^-$/, '')),
    standard: null,
  };
}

/** Without an exponent, which would hold a second `-`. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

export function choiceParameter<Choice extends string>(
  choices: readonly Choice[],
  standard: Choice,
): Parameter<Choice> {
  return {
    read: (text) => choices.find((choice) => choice === text),
    write: (value) => (value === standard ? '' : value),
    standard,
  };
}

export function flagParameter(): Parameter<boolean> {
  return { read: (text) => (text === '1' ? true : undefined), write: (value) => (value ? '1' : ''), standard: false };
}

export function textParameter(): Parameter<string> {
  return { read: (text) => text, write: (value) => value, standard: '' };
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;
export type ValuesOf<Spec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Parameter<infer Value> ? Value : never;
};

/** The values of an address; what it has besides, or what is no value of its parameter, is ignored and told. */
export function readValues<Spec extends Parameters>(
  spec: Spec,
  search: Readonly<Record<string, string>>,
): { readonly values: ValuesOf<Spec>; readonly ignored: readonly string[] } {
  const ignored = Object.keys(search).filter((name) => !Object.hasOwn(spec, name));
  const values = Object.entries(spec).map(([name, parameter]) => {
    const text = search[name];
    const value = text === undefined || text === '' ? parameter.standard : parameter.read(text);
    if (value === undefined) ignored.push(name);
    return [name, value ?? parameter.standard];
  });
  return { values: Object.fromEntries(values) as ValuesOf<Spec>, ignored };
}

/** Search parameters of values, defaults absent. */
export function writeValues<Spec extends Parameters>(spec: Spec, values: ValuesOf<Spec>): Record<string, string> {
  const texts = Object.entries(spec).map(([name, parameter]) => [name, parameter.write(values[name])] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

/** `?a=1` as an object; of a name that comes twice the last counts. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** With keys sorted and as few escapes as an address needs, so that it can be read: `?kind=closed,open&q=a b`. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(search)
    .filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${escapePart(name)}=${escapePart(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Half a pair of surrogates, as a text cut in two has it, is no text: an address cannot hold it. */
const escapePart = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
    .replace(/%(2C|3A|2F|40)/g, decodeURIComponent)
    .replaceAll('%20', '+');
