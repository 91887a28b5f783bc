import type { Outcome } from '@winnow/contracts';
import { holdsFor } from './holds-for';
import type { WhereNode } from './parse-where';
import { hostOf, isHostOrBelow } from './where-fields';
import type { WhereImage } from './where-fields';
import type { ExclusionRules } from './parse-exclusions';

/** What a build is made of, where that is not everything. */
export interface Subset {
  /** Null: all. */
  readonly classes: ReadonlySet<string> | null;
  readonly where: WhereNode | null;
  readonly exclude: ExclusionRules;
  /** By digest: what all URLs of an image came to when they were last asked for. Needed where outcomes are excluded. */
  readonly fetchOutcomes: ReadonlyMap<string, Outcome>;
}

export type Selection =
  | { readonly isSelected: true; readonly provenance: WhereImage['provenance'] }
  /** `detail` says which wish left it out. */
  | { readonly isSelected: false; readonly detail: string };

/**
 * Whether an image belongs to a subset, by what is known of it alone: its copies do not matter. Listings under other
 * classes and of excluded hosts are ignored; an image without any other is left out.
 */
export function selectImage(image: WhereImage, { classes, where, exclude, fetchOutcomes }: Subset): Selection {
  const ofClasses = image.provenance.filter(({ className }) => classes?.has(className) ?? true);
  if (ofClasses.length === 0) return leftOut('of no class in build.classes');
  const provenance = ofClasses.filter(({ imageUrl }) => !isBelowAny(hostOf(imageUrl), exclude.hosts));
  if (provenance.length === 0) return leftOut(`host:${hostOf(ofClasses[0]?.imageUrl ?? '')}`);
  const flag = image.flags.find((name) => exclude.flags.has(name));
  if (flag !== undefined) return leftOut(`outcome:${flag}`);
  const outcome = fetchOutcomes.get(image.sha256);
  if (outcome !== undefined && exclude.outcomes.has(outcome)) return leftOut(`outcome:${outcome}`);
  if (where !== null && !holdsFor(where, { ...image, provenance })) return leftOut('build.where does not hold');
  return { isSelected: true, provenance };
}

function leftOut(detail: string): Selection {
  return { isSelected: false, detail };
}

function isBelowAny(host: string, hosts: readonly string[]): boolean {
  return hosts.some((asked) => isHostOrBelow(host, asked));
}

/** Everything that the project knows. */
export const EVERYTHING: Subset = {
  classes: null,
  where: null,
  exclude: { outcomes: new Set(), flags: new Set(), hosts: [], clusters: [], isConflictExcluded: false },
  fetchOutcomes: new Map(),
};
