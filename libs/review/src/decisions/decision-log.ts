import type { DecidedState, DecisionLine, DecisionLogLine, DecisionOrigin } from '@winnow/contracts';
import { isOfBuilds } from './build-decisions';

const CLASS_PREFIX = 'class:';

/** The class that a truth names; null: it shows none of them. */
export function classOfTruth(truth: string): string | null {
  return truth.startsWith(CLASS_PREFIX) ? truth.slice(CLASS_PREFIX.length) : null;
}

/** What decides an image to be of a class, or of none. */
export function truthOfClass(className: string | null): string {
  return className === null ? 'open' : `${CLASS_PREFIX}${className}`;
}

/** What a person says of an image now. */
export interface Opinion extends Pick<DecisionLogLine, 'person' | 'says' | 'seq' | 'at' | 'origin'> {
  readonly isBlind: boolean;
}

/** What all people together say of an image. */
export interface ImageDecision {
  readonly state: DecidedState;
  /** `class:NAME` or `open` where it is decided, else null. */
  readonly truth: string | null;
  /** Oldest first, `unsure` among them. */
  readonly opinions: readonly Opinion[];
  /** What people said of it by classes that are gone: that is no opinion. */
  readonly foreign: readonly Opinion[];
}

const UNDECIDED: ImageDecision = { state: 'none', truth: null, opinions: [], foreign: [] };

/** A line about one image. */
export type ImageLine = DecisionLogLine & { readonly sha256: string };

/**
 * The log of a project's decisions, folded as far as they say what images show (`buildDecisions` folds the others). A line is
 * undone where the last line that undoes or redoes its batch comes after it and undoes; a person's opinion is the newest line
 * that is not undone, and none where that says `cleared`, or names a class that is gone. Opinions agree where all that name a
 * truth name the same; `unsure` contradicts nothing. One that settles makes those before it hold no more, and not those after
 * it; it does so as long as its person names a truth, whichever.
 */
export class DecisionLog {
  #last = 0;
  readonly #lines = new Map<string, ImageLine[]>();
  readonly #classes: ReadonlySet<string> | null;
  /** By batch and person: the images in it, and whether and where it was undone. */
  readonly #batches = new Map<string, { readonly images: Set<string>; step: DecisionLogLine | null }>();
  /** What images come to, until something else is said of them: all of them are asked for after each decision. */
  readonly #folded = new Map<string, ImageDecision>();

  /** @param classes that there are; without them every name is one */
  constructor(lines: Iterable<DecisionLogLine> = [], classes?: Iterable<string>) {
    this.#classes = classes === undefined ? null : new Set(classes);
    this.add(lines);
  }

  /** Of the newest line. */
  get last(): number {
    return this.#last;
  }

  /** Of which something is in the log, in the order of their first line. */
  get images(): readonly string[] {
    return [...this.#lines.keys()];
  }

  /**
   * @param lines oldest first; those that it has are passed over
   * @returns images of which something else may be said now
   */
  add(lines: Iterable<DecisionLogLine>): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const line of lines) {
      if (line.seq <= this.#last) continue;
      this.#last = line.seq;
      const batch = this.#batchOf(line);
      if (line.sha256 === null) {
        batch.step = line;
        for (const image of batch.images) changed.add(image);
      } else if (!isOfBuilds(line)) {
        const known = this.#lines.get(line.sha256);
        if (known === undefined) this.#lines.set(line.sha256, [line as ImageLine]);
        else known.push(line as ImageLine);
        batch.images.add(line.sha256);
        changed.add(line.sha256);
      }
    }
    for (const sha256 of changed) this.#folded.delete(sha256);
    return changed;
  }

  decisionOf(sha256: string): ImageDecision {
    const lines = this.#lines.get(sha256);
    if (lines === undefined) return UNDECIDED;
    const known = this.#folded.get(sha256) ?? this.#fold(lines);
    this.#folded.set(sha256, known);
    return known;
  }

  #fold(lines: readonly ImageLine[]): ImageDecision {
    const standing = lines.filter((line) => !this.#isUndone(line));
    const said = opinionsOf(standing);
    const opinions = said.filter(({ says }) => !this.#isForeign(says));
    const foreign = said.filter(({ says }) => this.#isForeign(says));
    return { ...decide(opinions, settledAt(standing, opinions)), opinions, foreign };
  }

  /** Every image of which a truth is decided. */
  *decided(): Generator<{ readonly sha256: string; readonly truth: string; readonly opinions: readonly Opinion[] }> {
    for (const sha256 of this.#lines.keys()) {
      const { truth, opinions } = this.decisionOf(sha256);
      if (truth !== null) yield { sha256, truth, opinions };
    }
  }

  /** Looks of a measuring plan that are not undone, oldest first. */
  looksOf(plan: string): readonly ImageLine[] {
    const looks: ImageLine[] = [];
    for (const lines of this.#lines.values()) {
      for (const line of lines) {
        if (line.plan === plan && line.origin === 'measure' && !this.#isUndone(line)) looks.push(line);
      }
    }
    return looks.sort((a, b) => a.seq - b.seq);
  }

  /** Lines about images that came about in this way, oldest first, undone ones among them. */
  linesOf(origin: DecisionOrigin): readonly { readonly line: ImageLine; readonly isUndone: boolean }[] {
    const found = [...this.#lines.values()].flatMap((lines) => lines.filter((line) => line.origin === origin));
    return found.sort((a, b) => a.seq - b.seq).map((line) => ({ line, isUndone: this.#isUndone(line) }));
  }

  /** All that was said of an image, oldest first. */
  historyOf(sha256: string): readonly DecisionLine[] {
    return (this.#lines.get(sha256) ?? []).map((line) => {
      const { id, person, says, origin, batch, at, note } = line;
      const isGone = this.#isForeign(says) && { isClassGone: true as const };
      return {
        id,
        person,
        says,
        origin: origin ?? 'one',
        batch,
        at,
        isUndone: this.#isUndone(line),
        ...isGone,
        ...(note !== null && { note }),
      };
    });
  }

  #isForeign(says: string): boolean {
    const className = classOfTruth(says);
    return className !== null && this.#classes?.has(className) === false;
  }

  #batchOf({ batch, person }: DecisionLogLine): { readonly images: Set<string>; step: DecisionLogLine | null } {
    const key = `${batch} ${person}`;
    const known = this.#batches.get(key);
    if (known !== undefined) return known;
    const made = { images: new Set<string>(), step: null };
    this.#batches.set(key, made);
    return made;
  }

  #isUndone(line: ImageLine): boolean {
    const { step } = this.#batchOf(line);
    return step !== null && step.says === 'undo' && step.seq > line.seq;
  }
}

/** @param lines about one image, oldest first, none undone */
function opinionsOf(lines: readonly ImageLine[]): readonly Opinion[] {
  const byPerson = new Map(lines.map((line) => [line.person, line]));
  return [...byPerson.values()]
    .filter(({ says }) => says !== 'cleared')
    .sort((a, b) => a.seq - b.seq)
    .map(({ person, says, seq, at, origin, shown }) => {
      return { person, says, seq, at, origin, isBlind: shown?.isBlind === true };
    });
}

/** Number of the last line that settles, of a person who names a truth since; 0: nothing is settled. */
function settledAt(lines: readonly ImageLine[], opinions: readonly Opinion[]): number {
  const settled = new Map<string, number>();
  for (const { person, says, settles, seq } of lines) {
    if (says === 'cleared' || says === 'unsure') settled.delete(person);
    else if (settles) settled.set(person, seq);
  }
  return Math.max(0, ...opinions.map(({ person }) => settled.get(person) ?? 0));
}

/** @param settled opinions before this number hold no more */
function decide(opinions: readonly Opinion[], settled: number): Pick<ImageDecision, 'state' | 'truth'> {
  const holding = opinions.filter(({ seq }) => seq >= settled);
  const truths = new Set(holding.map(({ says }) => says).filter((says) => says !== 'unsure'));
  const [truth = null] = truths;
  if (truths.size > 1) return { state: 'disputed', truth: null };
  if (truth !== null) return { state: 'decided', truth };
  return { state: holding.length > 0 ? 'unsure' : 'none', truth: null };
}
