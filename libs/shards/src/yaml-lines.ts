/** What a YAML file can state here. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/**
 * Block YAML that every reader takes the same way: all texts are quoted, so that neither YAML 1.1 nor 1.2 makes a truth
 * value, number or markup of them. Keys stand in the order given; Node puts whole numbers first.
 */
export function yamlLines(value: YamlValue): string[] {
  if (isList(value)) return value.length === 0 ? ['[]'] : value.flatMap((item) => indented('- ', yamlLines(item)));
  if (typeof value !== 'object' || value === null) return [scalar(value)];
  const entries = Object.entries(value);
  return entries.length === 0 ? ['{}'] : entries.flatMap(([key, item]) => entryLines(key, item));
}

/** A word that no YAML takes for something else. */
const PLAIN_KEY = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z]\w*$/i;

function entryLines(key: string, value: YamlValue): string[] {
  const name = PLAIN_KEY.test(key) ? key : scalar(key);
  const lines = yamlLines(value);
  const isBlock = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  return isBlock ? [`${name}:`, ...lines.map((line) => `  ${line}`)] : [`${name}: ${lines[0] ?? ''}`];
}

function indented(mark: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${index === 0 ? mark : ' '.repeat(mark.length)}${line}`);
}

/** JSON leaves these as they are, but YAML forbids them or takes them for the end of a line. */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.replace(/\p{Cs}/gu, '\ufffd')).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
