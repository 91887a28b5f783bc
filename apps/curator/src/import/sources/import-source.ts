import type { IMPORT_ENGINE, Outcome, SourceKind, WORLD_ENGINE } from '@winnow/contracts';

/** Images under class names, from files that winnow did not write. */
export interface ImportSource {
  readonly kind: SourceKind;
  readonly engine: typeof IMPORT_ENGINE | typeof WORLD_ENGINE;
  /** Names the source in the provenance of its images. */
  readonly name: string;
  /** What was detected, for the person. */
  readonly notes: readonly string[];
  /** Entries beside the folders of classes, which are passed over. */
  readonly passedOver?: number;
  /** The class names it has, in the order of their labels. */
  classes(): Promise<readonly string[]>;
  /** Its images, each time anew. */
  items(): AsyncIterable<SourceItem>;
}

/** One image of a source. */
export interface SourceItem {
  /** Path within the source: tells it from the others. */
  readonly location: string;
  /** Place in the order of the source, from 1. */
  readonly rank: number;
  /** Null where the source states none. */
  readonly className: string | null;
  readonly facts: SourceFacts;
  /** Its bytes; null where it is to be fetched from `facts.url`. */
  readonly read: (() => Promise<ReadImage>) | null;
  /** Not named as an image, and found beside images rather than listed: passed over where it is none. */
  readonly mayBeNoImage?: boolean;
  /** Why it cannot be used, where that is known without its bytes and whatever its class. */
  readonly refusal?: Refusal;
}

/** What a source states about an image. Text of any kind and length. */
export interface SourceFacts {
  readonly url?: string;
  readonly pageUrl?: string;
  readonly title?: string;
  readonly license?: string;
  readonly licenseUrl?: string;
  readonly creator?: string;
}

/** Bytes of an image, or why there are none: a value, as other images are still to be had. */
export type ReadImage = { readonly ok: true; readonly bytes: Uint8Array } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly outcome: Outcome;
  /** One line. */
  readonly detail: string;
}
