import type { ReviewQueue } from '@winnow/contracts';

/** Images that were handed out, and how far one came among them. */
export interface LookList {
  readonly images: readonly string[];
  readonly at: number;
  /** Null before the first answer. */
  readonly left: number | null;
  readonly plan: string | undefined;
  readonly agreement: ReviewQueue['agreement'];
}

export interface LookAnswer extends Pick<ReviewQueue, 'images' | 'left' | 'agreement'> {
  readonly plan: string | undefined;
}

const AT_ONCE = 20;
/** The server hands out no more. */
const MAX_AT_ONCE = 10_000;
/** Looks of a measure that may not be stored yet: they are handed out again and are no second showing. */
const JUST_LOOKED_AT = 20;

/** How many to ask for, so that new ones are among them: those that are not decided are handed out again, before all others. */
export function countToAsk({ images }: Pick<LookList, 'images'>, isStored: (sha256: string) => boolean): number {
  return Math.min(MAX_AT_ONCE, AT_ONCE + images.filter((sha256) => !isStored(sha256)).length);
}

interface Asked {
  readonly count: number;
  readonly isMeasure: boolean;
  /** All that was decided was stored when it was asked. */
  readonly wasStored: boolean;
  readonly isStored: (sha256: string) => boolean;
}

/**
 * The list with what was handed out. Images come again as long as they are undecided: skipped ones, and those whose decision is
 * not stored yet; a measure shows some twice on purpose, later.
 */
export function withLooks(
  before: LookList,
  { images, left, plan, agreement }: LookAnswer,
  { count, isMeasure, wasStored, isStored }: Asked,
): LookList {
  const lately = Math.max(0, before.at - JUST_LOOKED_AT);
  const known = isMeasure
    ? new Set(before.images.filter((sha256, index) => index >= lately || !isStored(sha256)))
    : new Set(before.images);
  const added = images.filter((sha256) => !known.has(sha256));
  const rest = before.images.length - before.at;
  // Nothing new, and less than was asked for, although all was stored then: there is no more.
  const isEnd = added.length === 0 && wasStored && images.length < count;
  return {
    images: [...before.images, ...added],
    at: before.at,
    left: isEnd ? rest : Math.max(left, rest + 1),
    plan,
    agreement,
  };
}
