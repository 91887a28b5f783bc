/** What a host says of the paths that a pattern matches. */
export interface PathRule {
  /** `*` stands for anything, a final `$` for the end of the path (RFC 9309, 2.2.3). */
  readonly pattern: string;
  readonly isForbidden: boolean;
}

interface CompiledRule {
  /** What stands between the wildcards. */
  readonly parts: readonly string[];
  readonly isAnchored: boolean;
  readonly isForbidden: boolean;
  /** Of the pattern as it was written, whatever was left of it: the longer one decides. */
  readonly specificity: number;
}

/** No site of good faith needs more; with them a path is judged within some ten milliseconds, whatever the rules are. */
const MAX_WILDCARD_RULES = 1000;
const MAX_WILDCARDS = 32;
/** What a rule takes in memory, and each of its parts, other than their text. */
const BYTES_PER_RULE = 112;
const BYTES_PER_PART = 24;
/** Longer URLs are not listed; only redirects lead to them. */
export const MAX_PATH_CHARACTERS = 8192;

/**
 * Rules of a host by path: the longest pattern that matches decides, of equally long ones that of `tie`; where none
 * matches, nothing is forbidden. A path takes time in proportion to its length and to the number of rules. Beyond a
 * limit the answer is the strict one: a longer path is forbidden where anything is; a rule with too many wildcards, or
 * after too many rules with wildcards, that allows something is left out, and one that forbids something holds for all
 * that begins as it does before its first wildcard.
 */
export class PathRules {
  /** Those that decide first. */
  readonly #rules: readonly CompiledRule[];
  /** About how much memory they take. */
  readonly bytes: number;

  constructor(rules: readonly PathRule[], tie: 'allow' | 'forbid') {
    let wildcardRules = 0;
    const compiled = relevant(rules).flatMap((rule): CompiledRule[] => {
      const whole = compile(rule);
      if (whole.parts.length === 1) return [whole];
      wildcardRules += 1;
      if (wildcardRules <= MAX_WILDCARD_RULES && whole.parts.length <= MAX_WILDCARDS + 1) return [whole];
      return rule.isForbidden ? [{ ...whole, parts: whole.parts.slice(0, 1), isAnchored: false }] : [];
    });
    const first = tie === 'forbid';
    this.#rules = compiled.sort(
      (a, b) => b.specificity - a.specificity || Number(b.isForbidden === first) - Number(a.isForbidden === first),
    );
    this.bytes = compiled.reduce((sum, rule) => sum + bytesOf(rule), 0);
  }

  /** Whether the rules forbid the path and query of a URL, on whatever host it is. */
  forbids({ pathname, search }: Pick<URL, 'pathname' | 'search'>): boolean {
    if (this.#rules.length === 0) return false;
    const path = `${pathname}${search}`;
    if (path.length > MAX_PATH_CHARACTERS) return true;
    const normal = normalised(path).replaceAll('*', '%2A').replaceAll('$', '%24');
    return this.#rules.find((rule) => matches(rule, normal))?.isForbidden ?? false;
  }
}

/** Each rule once; none where nothing is forbidden. */
function relevant(rules: readonly PathRule[]): readonly PathRule[] {
  if (!rules.some(({ isForbidden }) => isForbidden)) return [];
  return [...new Map(rules.map((rule) => [`${rule.isForbidden} ${rule.pattern}`, rule])).values()];
}

function bytesOf({ parts }: CompiledRule): number {
  return parts.reduce((sum, part) => sum + BYTES_PER_PART + part.length, BYTES_PER_RULE);
}

function compile({ pattern, isForbidden }: PathRule): CompiledRule {
  const normal = normalised(pattern);
  const isAnchored = normal.endsWith('$');
  const body = (isAnchored ? normal.slice(0, -1) : normal).replaceAll('$', '%24');
  return { parts: body.split(/\*+/), isAnchored, isForbidden, specificity: normal.length };
}

/** Of each escaped byte: `~` for `%7e`, as letters, digits and `-._~` need no escape; `%C3` for `%c3`. */
const SPELLINGS = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** One spelling of each path (RFC 9309, 2.2.2): what no URL may hold is escaped, what needs no escape is not. */
function normalised(path: string): string {
  const escaped = path
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/%[\da-f]{2}/gi, (code) => SPELLINGS[Number.parseInt(code.slice(1), 16)] ?? code);
  return encodeURI(escaped).replaceAll('%25', '%');
}

/** Looks for each part where it comes first, so that no rule takes more than a pass over the path. */
function matches({ parts: [first = '', ...others], isAnchored }: CompiledRule, path: string): boolean {
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
