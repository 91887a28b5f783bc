/** One entry of a host's tdmrep.json. */
export interface TdmRule {
  /** Pattern of paths: `*` stands for anything, a final `$` for the end, as in robots.txt. */
  readonly location: string;
  readonly reserved: boolean;
}

const MAX_RULES = 1000;

/**
 * The rules of a tdmrep.json file (TDM Reservation Protocol): a list of `{ "location": "/photos/*",
 * "tdm-reservation": 1 }`. What is not of this form is left out.
 */
export function parseTdmRules(text: string): readonly TdmRule[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  return (Array.isArray(json) ? json : [json]).slice(0, MAX_RULES).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { location, 'tdm-reservation': reservation } = entry as Record<string, unknown>;
    if (typeof location !== 'string' || (reservation !== 0 && reservation !== 1)) return [];
    return [{ location: location.startsWith('/') ? location : `/${location}`, reserved: reservation === 1 }];
  });
}

/** Whether the rules reserve text and data mining of a URL: the longest location decides, of equals the stricter one. */
export function isTdmReserved(rules: readonly TdmRule[], url: URL): boolean {
  const path = `${url.pathname}${url.search}`;
  let decisive: TdmRule | undefined;
  for (const rule of rules) {
    if (!matches(rule.location, path)) continue;
    const longer = rule.location.length - (decisive?.location.length ?? -1);
    if (longer > 0 || (longer === 0 && rule.reserved)) decisive = rule;
  }
  return decisive?.reserved ?? false;
}

/** Looks for each part where it comes first: no pattern takes more than a few passes over the path. */
function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const parts = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  const [first = '', ...others] = parts;
  if (!path.startsWith(first)) return false;
  const last = isAnchored ? others.pop() : undefined;
  let at = first.length;
  for (const part of others) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  if (!isAnchored) return true;
  return last === undefined ? at === path.length : path.length - last.length >= at && path.endsWith(last);
}
