import { wholeParts } from '../engines/parse-json';
import { PathRules } from '../politeness/path-rules';
import type { PathRule } from '../politeness/path-rules';

/**
 * The rules of a tdmrep.json file (TDM Reservation Protocol): a list of `{ "location": "/photos/*",
 * "tdm-reservation": 1 }`. The longest location decides, of equals the stricter one. What is not of this form is left
 * out; of a text that is cut or damaged, the entries that are whole count.
 */
export function parseTdmRules(text: string): PathRules {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = wholeParts(text, '{');
  }
  const rules = (Array.isArray(json) ? json : [json]).flatMap((entry: unknown): PathRule[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { location, 'tdm-reservation': reservation } = entry as Record<string, unknown>;
    if (typeof location !== 'string' || (reservation !== 0 && reservation !== 1)) return [];
    return [{ pattern: location.startsWith('/') ? location : `/${location}`, isForbidden: reservation === 1 }];
  });
  return new PathRules(rules, 'forbid');
}
