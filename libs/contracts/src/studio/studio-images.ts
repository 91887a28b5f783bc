import type { ImageFlag } from '../image-flag';
import type { NoiseKind } from '../learning-names';

/** Orders of a list of images. */
export const STUDIO_SORTS = [
  'position',
  'doubt',
  'given',
  'refined',
  'clean',
  'closed',
  'open',
  'copies',
  'side',
] as const;
export type StudioSort = (typeof STUDIO_SORTS)[number];

/**
 * What a list of images is filtered by, as an address has it: lists with commas, ranges `.4-.6`, and parts of the map
 * (`lasso`), polygons as `parseLasso` reads them.
 */
export const COLUMN_FILTERS = [
  'kind',
  'given',
  'refined',
  'doubt',
  'flag',
  'license',
  'engine',
  'host',
  'side',
  'copies',
  'decided',
  'by',
  'lasso',
] as const;

/**
 * All parameters of an address that choose images: prefixes of a data set's and a split's id, without which the newest are
 * meant; those of columns; and an expression.
 */
export const STUDIO_FILTERS = ['b', 's', ...COLUMN_FILTERS, 'q'] as const;

/** What people decided of an image; `disputed`: they do not agree. */
export const DECIDED_STATES = ['none', 'decided', 'disputed', 'unsure'] as const;
export type DecidedState = (typeof DECIDED_STATES)[number];

/** One tile of a list. */
export interface ImageTile {
  /** In the list, from 0. */
  readonly index: number;
  /** Of the image, hex. */
  readonly sha256: string;
  readonly kind: NoiseKind | null;
  /** Indices into the classes of the project. */
  readonly given: number;
  readonly refined: number | null;
  /** 1 - the largest of the three probabilities. */
  readonly doubt: number | null;
  readonly state: DecidedState;
  /** The class that was decided; null: none, or that it shows none of the classes (`state` tells them apart). */
  readonly decided: number | null;
  /** It was to be forgotten since: no bytes, no text. */
  readonly isForgotten?: true;
}

/**
 * GET /api/images?FILTERS&sort=&descending=&from=&count= (at most 500); `unplanned=1` passes over images that a plan of
 * measuring still has to show, and those that people left out. While a data set is read for the first time, it is answered by 503 with Retry-After, and how far that is in words; so are all other answers about its images.
 */
export interface ImageWindow {
  readonly total: number;
  /** Images of the data set. */
  readonly of: number;
  /** Of this list: the same filters and order give the same one until something changes. */
  readonly version: number;
  readonly tiles: readonly ImageTile[];
}

/**
 * GET /api/squares?sha256=DIGEST,DIGEST,...&b=: what the data set holds of up to 100 images at once, as `data:` addresses in the order
 * they were asked for; null: there is none, or it cannot be shown. Of large ones not all: the answer ends where it is long enough.
 */
export interface ImageSquares {
  readonly squares: readonly (string | null)[];
}

export interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** GET /api/facets?FILTERS: counts by value, each without its own filter; at most 50 values, the largest first. */
export interface ImageFacets {
  readonly total: number;
  readonly facets: Readonly<
    Record<'kind' | 'given' | 'refined' | 'flag' | 'license' | 'engine' | 'host' | 'decided', readonly FacetValue[]>
  >;
}

/** Where an image was found. Text from the web: hostile. */
export interface StudioListing {
  readonly className: string;
  readonly engine: string;
  readonly title: string | null;
  readonly creator: string | null;
  readonly license: string | null;
  /** Only http and https, else null. */
  readonly pageUrl: string | null;
  readonly imageUrl: string | null;
}

/** One line of the log of decisions about an image. */
export interface DecisionLine {
  readonly id: string;
  readonly person: string;
  readonly says: string;
  readonly origin: string;
  readonly batch: string;
  readonly at: string;
  readonly isUndone: boolean;
  readonly note?: string;
  /** It names a class that the project no longer has: it says nothing now. */
  readonly isClassGone?: true;
}

/** GET /api/images/SHA256?b=&s= */
export interface ImageDetail extends Omit<ImageTile, 'index'> {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  /** Clean, closed, open. */
  readonly probabilities: readonly [number, number, number] | null;
  readonly flags: readonly ImageFlag[];
  readonly copies: number;
  readonly conflicts: readonly string[];
  readonly listings: readonly StudioListing[];
  readonly history: readonly DecisionLine[];
  /** The database is away: where the image was found is not known now, nor the newest lines of its history. */
  readonly isDatabaseAway?: true;
  /** Null where the original is gone: the reason in words. */
  readonly missing: string | null;
}

/**
 * GET /api/holders?sha256=A,B (at most 100): data sets of the project that hold images, themselves or as copies for which
 * others stand, newest first.
 */
export interface ImageHolders {
  readonly builds: readonly { readonly id: string; readonly images: number }[];
}

/**
 * Addresses of bytes: /pic/CAPABILITY/SIZE/SHA256; the capability comes with the session. `copy` is the original of an image that
 * the data set left out as a copy, `leaked` the test image that it is a copy of.
 */
export type PictureSize = 'square' | 'original' | 'copy' | 'leaked';

/**
 * GET /api/map/sample?FILTERS&count=&draw= (at most 200): images of a list at random, in the order of the data set, another
 * lot for each `draw`.
 *
 * Of the map's other addresses the answers are bytes, for every image in the order of the data set, numbers with the lowest
 * byte first:
 * - `/api/map/points?b=&s=&layout=`: columns one after the other: 16 bits each for closed and for open, in turn (a probability of 1 is
 *   65,535), or with `layout=neighbours` for x and y (65,535 is 1); 16 bits the given class; 16 bits the likely one; 8 bits the kind, an index into NOISE_KINDS (any other: it
 *   lies nowhere);
 * - `/api/map/states?b=&s=`: a byte, what was decided: none, decided, disputed, unsure;
 * - `/api/map/mask?FILTERS&layout=`: a bit, the lowest first: the list holds it, and it lies somewhere in that layout.
 */
export interface MapSample {
  readonly total: number;
  readonly tiles: readonly ImageTile[];
}

/** GET /api/map/layout?b=&s=: images that lie somewhere by likeness; null where `winnow embed --layout` was not run since. */
export interface StudioLayout {
  readonly layout: {
    /** Digest of the network whose features it follows. */
    readonly network: string;
    readonly placed: number;
    /** Of these, placed among others that they are like. */
    readonly interpolated: number;
  } | null;
}
