import { z } from 'zod';

/** How a decision came about. */
export const DECISION_ORIGINS = ['one', 'bulk', 'sheet', 'propagated', 'measure', 'import'] as const;
export type DecisionOrigin = (typeof DECISION_ORIGINS)[number];

const uuid = z.uuid();

/** POST /api/decisions: stored whole before it is answered; an id that is stored already is acknowledged again. */
export const decisionSchema = z.object({
  /** UUID of the browser (version 7): names the line, so that sending it twice stores it once. */
  id: uuid,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** `class:NAME`, `open`, `unsure`, `cleared` (takes one's own opinion back). */
  says: z.string().max(300),
  origin: z.enum(DECISION_ORIGINS),
  /** Undone in one step. */
  batch: uuid,
  /** What the person saw. */
  shown: z
    .object({
      split: z.string().max(100).nullable(),
      kind: z.enum(['clean', 'closed', 'open']).nullable(),
      isBlind: z.boolean(),
      millis: z.number().min(0),
    })
    .optional(),
  plan: uuid.optional(),
  note: z.string().max(2000).optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

export const postDecisionsSchema = z.object({ decisions: z.array(decisionSchema).min(1).max(10_000) });

/** Answer of POST /api/decisions, /api/undo and /api/redo. */
export interface DecisionsStored {
  /** Of the lines that are in the database now. */
  readonly stored: readonly string[];
  /** Grows with every line: `GET /api/decisions?after=` asks for what came since. */
  readonly last: number;
}

/** POST /api/undo, /api/redo: one's own last batch, or the one that is named. */
export const undoSchema = z.object({ batch: uuid.optional(), id: uuid });

/** Orders of review. */
export const REVIEW_ORDERS = ['doubt', 'worth', 'disagree', 'pairs', 'disputed', 'mine', 'random'] as const;
export type ReviewOrder = (typeof REVIEW_ORDERS)[number];

/** GET /api/review/ORDER?FILTERS&count=: undecided images in this order, leased to the person for 90 s. */
export interface ReviewQueue {
  readonly order: ReviewOrder;
  readonly left: number;
  readonly images: readonly string[];
}
