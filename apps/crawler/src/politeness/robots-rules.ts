import { PathRules } from './path-rules';
import type { PathRule } from './path-rules';

/** What a robots.txt says to one crawler. */
export interface RobotsRules {
  readonly paths: PathRules;
  /** Seconds, as stated; undefined without. */
  readonly crawlDelay: number | undefined;
}

interface Group {
  readonly rules: PathRule[];
  crawlDelay?: number;
}

/**
 * Reads the groups of a robots.txt (RFC 9309) that are for a crawler, or those for all (`*`) where none is. What is
 * none of its lines is passed over. One pass.
 * @param agent our product token, lower case
 */
export function parseRobots(text: string, agent: string): RobotsRules {
  const groups = new Map<string, Group>();
  const groupOf = (token: string): Group => {
    const group = groups.get(token) ?? { rules: [] };
    groups.set(token, group);
    return group;
  };
  // Of the group that is being read, the tokens that matter here.
  const tokens = new Set<string>();
  let inGroupHead = false;
  for (const { key, value } of linesOf(text)) {
    if (key === 'user-agent') {
      if (!inGroupHead) tokens.clear();
      inGroupHead = true;
      const token = value.toLowerCase().split('/', 1).join('').trim();
      if (token === agent || token === '*') tokens.add(token);
      continue;
    }
    // Lines that RFC 9309 does not know end no head (2.2.4).
    if (key !== 'crawl-delay') inGroupHead = false;
    for (const group of [...tokens].map(groupOf)) {
      if (key === 'crawl-delay') {
        if (!Number.isNaN(Number(value))) group.crawlDelay = Number(value);
      } else if (value !== '') {
        group.rules.push({ pattern: value, isForbidden: key === 'disallow' });
      }
    }
  }
  const group = groups.get(agent) ?? groups.get('*');
  return { paths: new PathRules(group?.rules ?? [], 'allow'), crawlDelay: group?.crawlDelay };
}

const KEYS: ReadonlySet<string> = new Set(['user-agent', 'allow', 'disallow', 'crawl-delay']);

function* linesOf(text: string): Generator<{ readonly key: string; readonly value: string }> {
  for (const line of text.split(/\r\n?|\n/)) {
    const [statement = ''] = line.split('#', 1);
    const colon = statement.indexOf(':');
    const key = statement.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (KEYS.has(key)) yield { key, value: statement.slice(colon + 1).trim() };
  }
}
