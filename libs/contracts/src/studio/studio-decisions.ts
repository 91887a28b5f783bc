import { z } from 'zod';
import type { MeasuredShare, StudioMeasure } from './studio-measure';
import type { StudioRole } from './studio-project';
import type { NoiseKind } from '../learning-names';

/** How a decision came about. */
const DECISION_ORIGINS = ['one', 'bulk', 'sheet', 'propagated', 'measure', 'import'] as const;
export type DecisionOrigin = (typeof DECISION_ORIGINS)[number];

const uuid = z.uuid();
/** As a database takes it: without zeros and halves of pairs. */
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[^\0\p{Cs}]*$/u);

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What is said of two images (`otherSha256`), and read by the next build: they are copies; they are not; they are, and the
 * first is kept in place of the second; nothing. The last word of anybody counts.
 */
export const PAIR_SAYINGS = ['same', 'not-a-copy', 'keep', 'cleared'] as const;
export type PairSaying = (typeof PAIR_SAYINGS)[number];

/**
 * What is said of one image beside what it shows, and read by the next build: it is left out, with its copies, or is in again. It changes
 * no opinion about what the image shows. The last word of anybody counts.
 */
export const PLACE_SAYINGS = ['leave-out', 'take-in'] as const;
export type PlaceSaying = (typeof PLACE_SAYINGS)[number];

/**
 * POST /api/decisions: stored whole before it is answered; an id that is stored already is acknowledged again. All kinds of
 * decisions go through it, so that they are kept, sent in order and undone in one way: to leave an image out of the next
 * builds, a page calls `decide([sha256], { says: 'leave-out', origin: 'one' })`.
 */
const decisionSchema = z.object({
  /** UUID of the browser (version 7): names the line, so that sending it twice stores it once. */
  id: uuid,
  sha256: digest,
  /** The second of a pair: an image, or the bytes of a test image. */
  otherSha256: digest.optional(),
  /** `class:NAME`, `open`, `unsure`, `cleared` (takes one's own opinion back), PLACE_SAYINGS; of a pair PAIR_SAYINGS. */
  says: text(300),
  origin: z.enum(DECISION_ORIGINS),
  /** Undone in one step. */
  batch: uuid,
  /** What the person saw. */
  shown: z
    .object({
      split: text(100).nullable(),
      kind: z.enum(['clean', 'closed', 'open']).nullable(),
      isBlind: z.boolean(),
      millis: z.number().min(0),
    })
    .optional(),
  /** Of the owner: holds whatever others said before. */
  settles: z.boolean().optional(),
  plan: uuid.optional(),
  note: text(2000).optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

export const postDecisionsSchema = z.object({ decisions: z.array(decisionSchema).min(1).max(10_000) });

/** Answer of POST /api/decisions, /api/undo and /api/redo. */
export interface DecisionsStored {
  /** Of the lines that are in the database now. */
  readonly stored: readonly string[];
  /** Of lines that never will be: of an image that was forgotten, or with the id of another line. */
  readonly refused: readonly string[];
  /** Grows with every line: `GET /api/decisions?after=` asks for what came since. */
  readonly last: number;
}

/** POST /api/undo, /api/redo: one's own last batch, or the one that is named. */
export const undoSchema = z.object({ batch: uuid.optional(), id: uuid });

/**
 * One line of the log of a project, as GET /api/decisions?after= gives it: about an image, about a pair of images, or what
 * takes a batch of the same person back (`undo`) and brings it again (`redo`).
 */
export interface DecisionLogLine {
  readonly id: string;
  /** Order of the log, from 1, with gaps. */
  readonly seq: number;
  readonly person: string;
  /** ISO 8601. */
  readonly at: string;
  /** Null in lines that undo and redo. */
  readonly sha256: string | null;
  /** The second of a pair. */
  readonly otherSha256: string | null;
  readonly says: string;
  readonly origin: DecisionOrigin | null;
  /** Undone in one step; of lines that undo and redo: what they undo and redo. */
  readonly batch: string;
  readonly settles: boolean;
  readonly plan: string | null;
  readonly chance: number | null;
  readonly shown: Decision['shown'] | null;
  readonly note: string | null;
}

/** GET /api/decisions?after= */
export interface DecisionsSince {
  readonly lines: readonly DecisionLogLine[];
  readonly last: number;
}

/**
 * POST /api/list: a list of corrections that somebody edited, as `split --list` and GET /api/list?FILTERS write them. Its decisions are those
 * of the person `file: NAME`.
 */
export const postListSchema = z.object({ name: text(200).min(1), csv: z.string() });

/** Answer of POST /api/list. */
export interface ListImported {
  /** Decisions that are new: of images of which something else, or nothing, was decided. */
  readonly added: number;
  /** Lines that say what is decided already. */
  readonly known: number;
  /** Decided lines that name no image of the project. */
  readonly unknown: number;
  /** Decided lines with a class that the project does not have. */
  readonly otherClasses: number;
}

/** Shown to others and part of lines: no space around it, nothing that cannot be seen. */
export const personNameSchema = text(100)
  .min(1)
  .trim()
  .regex(/^[^\p{C}]+$/u);

/** POST /api/people (answered by PersonLink) and POST /api/people/remove; for owners. */
export const personSchema = z.object({ name: personNameSchema });

/** GET /api/people */
export interface StudioPeople {
  readonly people: readonly { readonly name: string; readonly role: StudioRole }[];
}

/** A link of somebody's own: whoever has it decides under this name. */
export interface PersonLink {
  readonly name: string;
  readonly link: string;
}

/**
 * POST /api/views: stores a list of images under a name; one of that name is replaced with `replaces` only, else refused by 409.
 * An empty address removes it.
 */
export const viewSchema = z.object({
  name: personNameSchema,
  address: text(4000).regex(/^(?:\/pictures[^#]*)?$/),
  replaces: z.boolean().default(false),
});

/** GET /api/views, and the answer of POST. */
export interface StudioViews {
  readonly views: readonly { readonly name: string; readonly person: string; readonly address: string }[];
}

/** Orders of review. */
export const REVIEW_ORDERS = ['doubt', 'disagree', 'pairs', 'disputed', 'mine', 'random'] as const;
export type ReviewOrder = (typeof REVIEW_ORDERS)[number];

/**
 * GET /api/review/ORDER?FILTERS&count=&overlap= (at most 10 000): undecided images in this order that nobody left out, leased to
 * the person until 90 s after they last asked or decided, so that nobody else is given them; asked again, those that the person has
 * not decided come first. With `overlap` (1 to 50), so many of a hundred of the person's looks are at images that one other person
 * looked at. POST /api/review/pause gives all back.
 */
export interface ReviewQueue {
  readonly order: ReviewOrder;
  /** With those that others have before them. */
  readonly left: number;
  readonly images: readonly string[];
  /** Of all single looks of the project that two people did; null without `overlap`. */
  readonly agreement: StudioMeasure['agreement'] | null;
}

/**
 * GET /api/alike/SHA256?b=&s=: undecided images that nobody else has before them and that look as this one does: those that
 * were said to be no copies of it, then at most ten of the same given class that are nearer than is usual in it. With `all=1`
 * decided ones, too, however far they are.
 */
export interface AlikeImages {
  readonly images: readonly string[];
  /** The command that stores what is needed to find such images; null where it is there. */
  readonly missing: string | null;
}

/** Undecided images of which the split says the same: what one sheet is drawn from. */
export interface SheetGroupCount {
  readonly kind: NoiseKind;
  /** Indices into the classes. */
  readonly given: number;
  /** What images called closed are taken for; null of all others. */
  readonly refined: number | null;
  readonly count: number;
}

/**
 * GET /api/sheets?FILTERS: groups of the images of a list, the largest first, at most 200; without images that a plan of measuring
 * still has to show. The images of one: GET /api/images with its filters and `unplanned=1`.
 */
export interface StudioSheets {
  readonly groups: readonly SheetGroupCount[];
  /** One in twenty of the images that sheets decided comes again in Review, unmarked. */
  readonly checks: {
    readonly waiting: number;
    /** At which somebody looked again, and named a truth. */
    readonly looked: number;
    readonly wrong: number;
    /** Of those; null before the first one. */
    readonly share: MeasuredShare | null;
  };
}
