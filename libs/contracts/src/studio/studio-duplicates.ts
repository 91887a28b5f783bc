import type { PairSaying } from './studio-decisions';
import type { Outcome } from '../outcome';

/**
 * What a data set made of copies, as lists of pairs: found by hash; by the features of a network, or a person's word; all
 * of clusters that were found under several classes; and images that are copies of test images.
 */
export const DUPLICATE_KINDS = ['near', 'similar', 'conflicts', 'leaks'] as const;
export type DuplicateKind = (typeof DUPLICATE_KINDS)[number];

/** One image of a pair. Texts come from the web: hostile. */
export interface PairImage {
  readonly sha256: string;
  /** Under which it was found; of a test image its class. */
  readonly classes: readonly string[];
  /** As they are stated, each once; none: not stated. */
  readonly licenses: readonly string[];
  /** It was to be forgotten since: no bytes, no text. */
  readonly isForgotten?: true;
}

/** What people say of a pair; of `keep` which image is kept. */
export interface PairVerdict {
  readonly says: Exclude<PairSaying, 'cleared'>;
  readonly keptSha256: string | null;
  readonly person: string;
}

/** A copy, and how far it is from what is kept. */
export interface StudioPair {
  /** Of a leak the image that was left out. Its bytes: size `copy`. */
  readonly copy: PairImage;
  readonly outcome: Outcome;
  /** PDQ; of one that is flipped from the other's flipped hash. Null where something else tells. */
  readonly distanceBits: number | null;
  /** Cosine of features, or correlation of light of a leak. */
  readonly similarity: number | null;
  readonly isFlipped: boolean;
  /** Same bytes or pixels: copies whatever anybody says. */
  readonly isSame: boolean;
  readonly verdict: PairVerdict | null;
}

/** What is kept of a cluster, or a test image, with pairs of this page. */
export interface StudioCluster {
  /** `sha256` of a test image is that of its bytes; its own bytes: size `leaked` of the copy. Null: it is there no more. */
  readonly kept: PairImage | null;
  /** Its label by vote; of a test image its name. */
  readonly title: string;
  /** Images of the cluster, the kept one among them. */
  readonly size: number;
  /** Listings by class, the largest count first: of conflicts. */
  readonly votes: readonly { readonly className: string; readonly count: number }[];
  /** What people say that it shows: `class:NAME` or `open`; null: nothing, or not the same. */
  readonly truth: string | null;
  /** It is to be left out of the next build. */
  readonly isLeftOut: boolean;
  /** None where one file was found under several classes. */
  readonly pairs: readonly StudioPair[];
}

/**
 * GET /api/duplicates?b=&kind=&distance=&undecided=&from=&count= (at most 60 pairs): those near their limit first, pairs of a
 * cluster together; conflicts with the closest votes first. `distance` is a range of bits, of similar ones of the cosine.
 * Decisions: POST /api/decisions with `otherSha256`.
 */
export interface StudioDuplicates {
  readonly kind: DuplicateKind;
  /** Of the data set, as `dataset.json` and its exclusions have them. */
  readonly counts: Readonly<Record<DuplicateKind, { readonly clusters: number; readonly pairs: number }>>;
  /** Copies with the same bytes or pixels. */
  readonly same: number;
  /** Rows of this list: pairs, and conflicts without one. */
  readonly total: number;
  readonly from: number;
  readonly clusters: readonly StudioCluster[];
  readonly next: NextBuild;
  /** Classes and licences of images are missing. */
  readonly isDatabaseAway?: true;
}

/** Decisions that the next build follows and the newest data set does not know yet. */
export interface NextBuild {
  /** Called copies, or not. */
  readonly pairs: number;
  /** Images that are kept in place of another. */
  readonly kept: number;
  readonly leftOut: number;
  /** Decisions which that data set follows and that hold no more. */
  readonly takenBack: number;
  readonly command: string;
}
