/** What labels a cleaned data set gets, as `build.labels` names them. */
export const BUILD_LABELS = ['given', 'decided', 'refined'] as const;
export type BuildLabels = (typeof BUILD_LABELS)[number];

/** GET /api/handover?kinds=&labels=&least=&decided=&licenses=&holdout=: which data set a build would make of that. */
export interface StudioHandover {
  /** The data set that would be cleaned, and by which split; null before there is one. */
  readonly base: {
    readonly buildId: string;
    readonly splitId: string;
    readonly method: string;
    readonly samples: number;
  } | null;
  /** Of its images, by licence: each under every one that a listing states. */
  readonly licenses: readonly { readonly value: string; readonly count: number }[];
  /** For `build.where` and `--where`. */
  readonly where: string;
  /** For `build.holdout`: places that the project names and the one that was asked for, relative to its root; null: none was. */
  readonly holdout: readonly string[] | null;
  /** Images of the data set that it would make. */
  readonly count: number;
  readonly byClass: readonly { readonly name: string; readonly count: number }[];
  /** Images whose label would not be the given one. */
  readonly relabelled: number;
  /** Images for which the expression holds and that are left out all the same, as people decided: they show no class, or belong in no data set. */
  readonly decidedOut: number;
  /** What the counts do not know of. */
  readonly remarks: readonly string[];
}
