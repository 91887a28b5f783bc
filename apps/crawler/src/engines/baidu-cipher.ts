const MARKS: readonly (readonly [string, string])[] = [
  ['_z2C$q', ':'],
  ['_z&e3B', '.'],
  ['AzdH3F', '/'],
];
const CIPHERED = 'wkv1ju2it3hs4g5rq6fp7eo8dn9cm0bla';
const PLAIN = 'abcdefghijklmnopqrstuvw1234567890';
const PLAIN_BY_CIPHERED: ReadonlyMap<string, string> = new Map(
  [...CIPHERED].map((letter, index) => [letter, PLAIN[index] ?? letter]),
);

/** The URL that Baidu wrote in its cipher; a plain URL comes back as it is. */
export function decipherBaiduUrl(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^(?:https?:)?\/\//i.test(value)) return value;
  const marked = MARKS.reduce((text, [mark, plain]) => text.replaceAll(mark, plain), value);
  return [...marked].map((letter) => PLAIN_BY_CIPHERED.get(letter) ?? letter).join('');
}
