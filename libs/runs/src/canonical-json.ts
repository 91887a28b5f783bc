import canonicalize from 'canonicalize';
import type { JsonValue } from '@winnow/contracts';

/** JSON with the keys of every object sorted by code unit and no spaces (RFC 8785): equal values give equal text. */
export function canonicalJson(value: JsonValue): string {
  return canonicalize(value) as string;
}
