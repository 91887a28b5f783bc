import { OUTCOMES, IMAGE_FLAGS, WinnowError } from '@winnow/contracts';
import type { Outcome, ImageFlag } from '@winnow/contracts';

/** What `build.exclude` names, by kind. */
export interface ExclusionRules {
  /** Of fetching an image's URLs, when they were last asked for. */
  readonly outcomes: ReadonlySet<Outcome>;
  readonly flags: ReadonlySet<ImageFlag>;
  /** Lower case; each stands for its subdomains too. */
  readonly hosts: readonly string[];
  /** First hex digits, at least 8, of the digest of any image of a cluster. */
  readonly clusters: readonly string[];
  /** Images of which copies were found under several classes. */
  readonly isConflictExcluded: boolean;
}

const CONFLICT = 'conflict';
const HOST = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$|^\[[0-9a-f:.]+\]$/;
const DIGEST = /^[0-9a-f]{8,64}$/;

/** Reads `outcome:NAME`, `host:NAME` and `cluster:DIGEST`. @throws WinnowError CONFIG_INVALID naming the entry */
export function parseExclusions(entries: readonly string[]): ExclusionRules {
  const pairs = entries.map(splitEntry);
  const of = (kind: string): readonly string[] => pairs.filter((pair) => pair.kind === kind).map(({ value }) => value);
  const named = of('outcome');
  return {
    outcomes: new Set(OUTCOMES.filter((outcome) => named.includes(outcome))),
    flags: new Set(IMAGE_FLAGS.filter((flag) => named.includes(flag))),
    hosts: of('host'),
    clusters: of('cluster'),
    isConflictExcluded: named.includes(CONFLICT),
  };
}

function splitEntry(entry: string): { readonly kind: string; readonly value: string } {
  const colon = entry.indexOf(':');
  const kind = entry.slice(0, Math.max(0, colon)).trim();
  const value = entry
    .slice(colon + 1)
    .trim()
    .toLowerCase();
  const problem = problemOf(kind, value);
  if (problem === null) return { kind, value };
  throw new WinnowError('CONFIG_INVALID', `"${entry}" cannot be excluded: ${problem}`, {
    where: 'build.exclude',
    next: 'Write outcome:NAME, host:NAME or cluster:DIGEST, such as outcome:gone or host:example.com.',
  });
}

function problemOf(kind: string, value: string): string | null {
  switch (kind) {
    case 'outcome':
      return ([...OUTCOMES, ...IMAGE_FLAGS, CONFLICT] as readonly string[]).includes(value)
        ? null
        : `there is no outcome "${value}"; there are ${[...OUTCOMES, ...IMAGE_FLAGS, CONFLICT].join(', ')}`;
    case 'host':
      return HOST.test(value) ? null : `"${value}" is no host name (without scheme, port and path)`;
    case 'cluster':
      return DIGEST.test(value) ? null : `"${value}" is not 8 to 64 hex digits of an image's digest`;
    default:
      return 'it is neither an outcome, a host nor a cluster';
  }
}
