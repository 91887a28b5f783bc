import { copiesByImage, DecisionFinder, keptByCopy } from '@winnow/config';
import type { Decisions, ProjectConfig } from '@winnow/config';
import type { DecidedState } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import type { DecisionLog } from '@winnow/review';

/** What people say of an image. */
export interface ImageOpinion {
  readonly state: DecidedState;
  /** Who says so, or leaves it open; a line of a file is nobody's. */
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
  const copied = keptByCopy(folded);
  const found = new Map<string, ImageOpinion>();
  for (const { sha256 } of originals) {
    const kept = copied.get(sha256) ?? sha256;
    const files = [kept, ...(copies.get(kept) ?? [])];
    const decision = finder.find({
      sha256: kept,
      provenance: files.flatMap((file) => listings.get(file) ?? []),
      copies: files.slice(1),
    });
    const opinion =
      decision !== undefined
        ? { state: 'decided' as const, people: decision.by ?? [] }
        : split.decisions === false
          ? undefined
          : openOpinion(log, kept, files.slice(1));
    if (opinion !== undefined) found.set(sha256, opinion);
  }
  return found;
}

/** What people leave open of an image; of its copies, where nobody says anything of the image itself. */
function openOpinion(log: DecisionLog, kept: string, copies: readonly string[]): ImageOpinion | undefined {
  const own = log.decisionOf(kept);
  const said = own.state === 'none' ? copies.map((copy) => log.decisionOf(copy)) : [own];
  const open = said.filter(({ state }) => state === 'disputed' || state === 'unsure');
  if (open.length === 0) return undefined;
  const people = new Set(open.flatMap(({ opinions }) => opinions.map(({ person }) => person)));
  return { state: open.some(({ state }) => state === 'disputed') ? 'disputed' : 'unsure', people: [...people] };
}
