import { z } from 'zod';
import { NOISE_KINDS } from '../learning-names';
import type { NoiseKind } from '../learning-names';

/** A share with its 95 % interval; all 0 to 1. */
export interface MeasuredShare {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** How far one kind is measured. */
export interface MeasuredKind {
  readonly kind: NoiseKind;
  readonly planned: number;
  readonly looked: number;
  readonly right: number;
  /** Share of images called so that are so; null before the first look. */
  readonly precision: MeasuredShare | null;
  /** Share of images that are so that are called so. */
  readonly recall: MeasuredShare | null;
  /** Looks missing for the half-width that was wanted. */
  readonly missing: number;
  /** Looks at which nobody could say, or people do not agree: in no share. */
  readonly unsure: number;
  /** Looks of the plan at images that are to be forgotten since: not among those planned. */
  readonly forgotten: number;
  /** The plan is done: the interval holds. */
  readonly isComplete: boolean;
}

/** GET /api/measure?b=&s= */
export interface StudioMeasure {
  readonly plan: {
    readonly id: string;
    readonly halfWidth: number;
    readonly isBlind: boolean;
    /** The split whose kinds it draws from, as it was before anybody decided: other splits are measured by the same looks. */
    readonly splitId: string;
  } | null;
  /** The split whose figures these are: the one that was asked for, or that of the plan where decisions corrected that one. */
  readonly splitId: string | null;
  readonly kinds: readonly MeasuredKind[];
  /** All kinds by their share of the pool: images whose kind is right. */
  readonly overall: MeasuredShare | null;
  /** Of all images: those whose given label is right. The others are the label noise of the data set. */
  readonly labels: MeasuredShare | null;
  /** Of images called closed: those that are of the refined class. */
  readonly refined: MeasuredShare | null;
  /** Ten bins of the probability of the kind that was called: its mean, and the share that was right, by weights of looks. */
  readonly reliability: readonly {
    readonly from: number;
    readonly mean: number;
    readonly right: number;
    readonly looked: number;
  }[];
  /** Looks shown twice: told the same both times. */
  readonly consistency: { readonly same: number; readonly of: number };
  /** Looks that two people did; kappa is agreement beyond chance (Cohen). */
  readonly agreement: { readonly same: number; readonly of: number; readonly kappa: number | null };
}

/** POST /api/measure/plan: a plan for the split, or more looks of the one that it has. Answered by StudioMeasure. */
export const measurePlanSchema = z.strictObject({
  /** Prefixes of the ids of data set and split; without them the newest. */
  b: z.string().max(100).optional(),
  s: z.string().max(100).optional(),
  /** Of the 95 % interval that is wanted, 0 to 1. */
  halfWidth: z.number().min(0.01).max(0.25),
  kinds: z.array(z.enum(NOISE_KINDS)).min(1),
  isBlind: z.boolean(),
});
export type MeasurePlanRequest = z.infer<typeof measurePlanSchema>;

const looksOfKinds = z.object({ clean: z.number(), closed: z.number(), open: z.number() });

/** What is stored of a plan, beside the split whose kinds it draws from. */
export const measurePlanSettingsSchema = z.object({
  seed: z.string(),
  halfWidth: z.number(),
  isBlind: z.boolean(),
  /** Looks of each kind: of the plan as it was made, and of each time that it was extended. */
  stages: z.array(looksOfKinds).min(1),
});
export type MeasurePlanSettings = z.infer<typeof measurePlanSettingsSchema>;

/**
 * GET /api/measure/looks?b=&s=&count=: images that the plan shows next to this person, in order. Neither kind nor label comes
 * with them, so that a look is blind; an image may come twice. Decisions of them have the origin `measure` and the plan's id.
 */
export interface MeasureLooks {
  readonly plan: string;
  /** Showings of the plan that are still to come to this person. */
  readonly left: number;
  readonly images: readonly string[];
}
