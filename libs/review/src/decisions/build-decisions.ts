import { PAIR_SAYINGS, PLACE_SAYINGS } from '@winnow/contracts';
import type { DecisionLogLine, NextBuild, PairSaying, PlaceSaying } from '@winnow/contracts';

/** The last word on two images. */
interface PairDecision extends Pick<DecisionLogLine, 'person' | 'at' | 'batch' | 'seq'> {
  /** Of `keep`: the one that is kept. */
  readonly sha256: string;
  /** An image, or the bytes of a test image. */
  readonly otherSha256: string;
  readonly says: Exclude<PairSaying, 'cleared'>;
}

/** An image that somebody left out. */
type LeftOut = Pick<DecisionLogLine, 'person' | 'at' | 'batch' | 'seq'>;

/** What people said for the next build. */
export interface BuildDecisions {
  /** By `pairKey`, the oldest first. */
  readonly pairs: ReadonlyMap<string, PairDecision>;
  /** By digest, the oldest first. */
  readonly leftOut: ReadonlyMap<string, LeftOut>;
}

/** The same for both orders. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** Whether a line says what the next build does, and not what an image shows. */
export function isOfBuilds({ says, otherSha256 }: Pick<DecisionLogLine, 'says' | 'otherSha256'>): boolean {
  return otherSha256 !== null || (PLACE_SAYINGS as readonly string[]).includes(says);
}

/**
 * What the log of a project comes to for the next build: of each pair, and of each image that is left out or taken in, the
 * last line of anybody that is not undone. What is said otherwise of a pair is passed over.
 * @param lines the whole log, oldest first
 */
export function buildDecisions(lines: Iterable<DecisionLogLine>): BuildDecisions {
  const steps = new Map<string, DecisionLogLine>();
  const told: DecisionLogLine[] = [];
  for (const line of lines) {
    if (line.sha256 === null) steps.set(batchOf(line), line);
    else if (isOfBuilds(line)) told.push(line);
  }
  const pairs = new Map<string, PairDecision>();
  const leftOut = new Map<string, LeftOut>();
  for (const line of told) {
    const step = steps.get(batchOf(line));
    if (step?.says === 'undo' && step.seq > line.seq) continue;
    const { person, at, batch, seq, otherSha256, says } = line;
    const sha256 = line.sha256 as string;
    if (otherSha256 === null) {
      leftOut.delete(sha256);
      if ((says as PlaceSaying) === 'leave-out') leftOut.set(sha256, { person, at, batch, seq });
    } else if ((PAIR_SAYINGS as readonly string[]).includes(says)) {
      const key = pairKey(sha256, otherSha256);
      pairs.delete(key);
      if (says !== 'cleared') {
        pairs.set(key, { sha256, otherSha256, says: says as PairDecision['says'], person, at, batch, seq });
      }
    }
  }
  return { pairs, leftOut };
}

/** How many of the decisions that hold now a build did otherwise, and how many it followed that hold no more. */
export function newDecisions(now: BuildDecisions, followed: BuildDecisions): Omit<NextBuild, 'command'> {
  const isFollowed = (said: PairDecision, key: string): boolean => {
    const before = followed.pairs.get(key);
    return before?.says === said.says && (said.says !== 'keep' || before.sha256 === said.sha256);
  };
  const pairs = [...now.pairs].filter(([key, said]) => !isFollowed(said, key));
  const kept = pairs.filter(([, { says }]) => says === 'keep').length;
  const missing = (of: ReadonlyMap<string, unknown>, from: ReadonlyMap<string, unknown>): number =>
    [...of.keys()].filter((key) => !from.has(key)).length;
  return {
    ...{ pairs: pairs.length - kept, kept },
    leftOut: missing(now.leftOut, followed.leftOut),
    takenBack: missing(followed.pairs, now.pairs) + missing(followed.leftOut, now.leftOut),
  };
}

/** A batch is undone by the person whose it is. */
function batchOf({ batch, person }: DecisionLogLine): string {
  return `${batch} ${person}`;
}
