import { copiesByImage, DecisionFinder } from '@winnow/config';
import type { Decisions, ProjectConfig } from '@winnow/config';
import type { DecidedState } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import type { DecisionLog } from '@winnow/review';

/** What people say of an image. */
export interface ImageOpinion {
  readonly state: DecidedState;
  /** Whose opinions stand; a line of a file is nobody's. */
  readonly people: readonly string[];
}

export interface OpinionSources {
  readonly decisions: Decisions;
  readonly log: DecisionLog;
  readonly originals: readonly Pick<StoredImage, 'sha256' | 'provenance'>[];
  /** What the newest data set that is no cleaned one left out. */
  readonly folded: readonly { readonly sha256: string; readonly keptSha256: string | null }[];
}

/**
 * What people say of each original, by digest. One that was folded into another has what is said of that one, so that images
 * are taken and left out with their copies; what is said of a copy alone holds for the image that stands for it.
 * @throws WinnowError as DecisionFinder
 */
export function imageOpinions(
  { classes, split }: Pick<ProjectConfig, 'classes' | 'split'>,
  { decisions, log, originals, folded }: OpinionSources,
): ReadonlyMap<string, ImageOpinion> {
  const finder = new DecisionFinder(
    decisions,
    classes.map(({ name }) => name),
  );
  const listings = new Map(originals.map(({ sha256, provenance }) => [sha256, provenance]));
  const copies = copiesByImage(folded);
  const copied = new Map(
    folded.flatMap(({ sha256, keptSha256 }) => (keptSha256 === null ? [] : [[sha256, keptSha256]])),
  );
  const found = new Map<string, ImageOpinion>();
  for (const { sha256 } of originals) {
    const kept = copied.get(sha256) ?? sha256;
    const files = [kept, ...(copies.get(kept) ?? [])];
    const decision = finder.find({
      sha256: kept,
      provenance: files.flatMap((file) => listings.get(file) ?? []),
      copies: files.slice(1),
    });
    const { state, opinions } = log.decisionOf(kept);
    if (decision !== undefined) {
      const people = opinions.length > 0 ? opinions.map(({ person }) => person) : (decision.by ?? []);
      found.set(sha256, { state: 'decided', people });
    } else if (split.decisions !== false && (state === 'disputed' || state === 'unsure')) {
      found.set(sha256, { state, people: opinions.map(({ person }) => person) });
    }
  }
  return found;
}
