import { z } from 'zod';
import { METHOD_NAMES, SPLIT_NAMES } from '../learning-names';
import { OUTCOMES } from '../outcome';
import { EXPORT_FORMATS } from '../records/export-manifest';
import { BUILD_LABELS } from './studio-handover';

const count = z.number().int().min(1).max(1_000_000);
const runName = z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_-]{0,250}$/u);
const engineName = z.string().regex(/^[a-z][a-z0-9_-]{0,40}$/);
/** A file by its digest, or a host with everything below it. */
const forgotten = z.string().regex(/^(?:[0-9a-f]{64}|(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)$/); // prettier-ignore

const oneLine = z.string().regex(/^[^\p{Cc}]+$/u);
/** Of a folder or file below the one where the studio was started. */
const pathBelow = oneLine.max(1000).regex(/^(?![/\\-])(?!.*(?:^|[/\\])\.\.(?:[/\\]|$))(?![A-Za-z]:)/);

/**
 * What a studio may start: a closed list, each with the flags that it may have. Values become single arguments of a process
 * that no shell sees; none may look like a flag itself.
 */
export const STUDIO_STEPS = {
  crawl: z.strictObject({
    extend: count.optional(),
    retry: z
      .enum(OUTCOMES)
      .transform((outcome) => `failed:${outcome}` as const)
      .optional(),
    limit: count.optional(),
  }),
  'engines check': z.strictObject({ engine: engineName }),
  forget: z.strictObject({ what: z.array(forgotten).min(1).max(1000) }),
  build: z.strictObject({
    where: oneLine.max(4000).optional(),
    labels: z.enum(BUILD_LABELS).optional(),
    size: count.optional(),
    holdout: pathBelow.optional(),
  }),
  split: z.strictObject({ method: z.enum(SPLIT_NAMES).optional() }),
  embed: z.strictObject({ layout: z.boolean().optional() }),
  train: z.strictObject({
    method: z.enum(METHOD_NAMES).optional(),
    seed: z.number().int().min(0).max(1_000_000).optional(),
    epochs: count.optional(),
    batch: count.optional(),
  }),
  compare: z.strictObject({ methods: z.array(z.enum(METHOD_NAMES)).min(1).optional(), seeds: count.optional() }),
  evaluate: z.strictObject({}),
  export: z.strictObject({ run: runName.optional() }),
  bundle: z.strictObject({ run: runName.optional(), format: z.array(z.enum(EXPORT_FORMATS)).min(1).optional() }),
  report: z.strictObject({}),
  verify: z.strictObject({}),
} as const;
export type StudioStepName = keyof typeof STUDIO_STEPS;

/** POST /api/steps */
export const startStepSchema = z.strictObject({
  step: z.enum(Object.keys(STUDIO_STEPS) as [StudioStepName, ...StudioStepName[]]),
  options: z.record(z.string(), z.unknown()).default({}),
});
export type StartStep = z.input<typeof startStepSchema>;

/** One command that a page started. GET /api/steps lists them, newest first. */
export interface StudioStep {
  readonly id: string;
  readonly step: StudioStepName;
  /** As it was asked for: asked again, the same is done. */
  readonly options: Readonly<Record<string, unknown>>;
  /** As a person would type it. */
  readonly command: string;
  readonly state: 'running' | 'stopping' | 'ended';
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Null while it runs, and where a signal ended it. */
  readonly exitCode: number | null;
  /** In words; null while it runs. */
  readonly outcome: string | null;
  /** Last lines of what it wrote, control characters taken out. */
  readonly lines: readonly string[];
}

/** GET /api/steps */
export interface StudioSteps {
  readonly steps: readonly StudioStep[];
  /** Why nothing may be started; null where it may. */
  readonly refused: string | null;
}
