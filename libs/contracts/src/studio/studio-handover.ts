import { z } from 'zod';

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
  /** Why the build may fold or leave out copies otherwise, so that only its plan has the very counts; none: these are they. */
  readonly inexact: readonly string[];
  readonly remarks: readonly string[];
}

const counts = z.record(z.string(), z.number().int().min(0));

/** What `winnow build --dry-run --json` says of the data set that it would make. */
export const buildRehearsalSchema = z.object({
  /** The id that it would get. */
  build: z.string(),
  /** The same data set is there already. */
  isBuilt: z.boolean(),
  counts: z.object({ samples: z.number().int().min(0), perClass: counts }),
  /** Images by what the split calls them; null where none is asked. */
  kinds: counts.nullable(),
  /** Images by licence: each under every one that a listing of it or of a copy states. */
  licenses: counts,
  /** Images whose label is not the given one. */
  relabelled: z.number().int().min(0),
});

/** POST /api/handover/plan: what a build of these options, those of the step `build`, would come to, copies that fold otherwise included. */
export type BuildRehearsal = z.infer<typeof buildRehearsalSchema>;
