import { decodeHTMLStrict } from 'entities';

/** A title without the marks that engines highlight words of the query with. */
export function plainTitle(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Longer ones are cut anyway.
  return decodeHTMLStrict(value.slice(0, 20_000).replace(/<\/?(?:b|strong|em|i|mark)(?:\s[^<>]*)?>/gi, ''));
}
