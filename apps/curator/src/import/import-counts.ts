import type { Outcome } from '@winnow/contracts';
import type { Refusal, SourceItem } from './sources/import-source';

/** An item that could not be used. */
interface RefusedItem extends Omit<Refusal, 'ok'> {
  readonly place: string;
}

/** What an import has come to. */
export interface ImportCounts {
  /** Images that this import added. */
  added: number;
  /** Images that an earlier import had added. */
  known: number;
  /** Files that an earlier import had stored and that were gone or damaged: written again. */
  restored: number;
  /** Of those added, URLs that `winnow crawl` is to fetch. */
  due: number;
  /** Left out because a person wanted them forgotten. */
  forgotten: number;
  /** Without a class. */
  unlabelled: number;
  /** Files beside the images that are none, such as Thumbs.db. */
  notImages: number;
  /** Pixels, of the images that were decoded. */
  readonly sizes: { readonly width: number; readonly height: number }[];
  /** Of classes that the project does not have, by class. */
  readonly otherClasses: Map<string, number>;
  /** What could not be used, by outcome. */
  readonly outcomes: Map<Outcome, number>;
  /** The first of them. */
  readonly refused: RefusedItem[];
}

/** Refused items that are listed; the others are counted only. */
const MAX_LISTED = 1000;

export function newCounts(): ImportCounts {
  return {
    added: 0,
    known: 0,
    restored: 0,
    due: 0,
    forgotten: 0,
    unlabelled: 0,
    notImages: 0,
    sizes: [],
    otherClasses: new Map(),
    outcomes: new Map(),
    refused: [],
  };
}

/** Why a file is refused that was never meant to be an image; one that is too large was not looked at, and may be one. */
const NO_IMAGE: ReadonlySet<Outcome> = new Set(['empty_body', 'format_refused', 'not_an_image']);

/** Counts an item that could not be used, and lists it while the list is short. */
export function countRefused(
  counts: ImportCounts,
  { location, mayBeNoImage = false }: Pick<SourceItem, 'location' | 'mayBeNoImage'>,
  { outcome, detail }: Omit<Refusal, 'ok'>,
): void {
  if (mayBeNoImage && NO_IMAGE.has(outcome)) {
    counts.notImages += 1;
    return;
  }
  counts.outcomes.set(outcome, (counts.outcomes.get(outcome) ?? 0) + 1);
  if (counts.refused.length < MAX_LISTED) counts.refused.push({ place: location.slice(0, 500), outcome, detail });
}
