const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const singular = (word: string): string => word.replace(/(?<=ss|sh|ch|x)es$|(?<!s)s$/, '');

/**
 * The class that a query is about: the one with the most words of which every one is in the query, a plural allowed.
 * Search operators such as `filetype:bitmap` are no words.
 */
export function queryClass(query: string, classes: readonly string[]): string | undefined {
  const stems = (text: string): string[] => words(text).map(singular);
  const asked = new Set(stems(query.replace(/\S+:\S+/g, ' ')));
  const longestFirst = [...classes].sort((a, b) => words(b).length - words(a).length);
  return longestFirst.find((name) => stems(name).every((stem) => asked.has(stem)));
}
