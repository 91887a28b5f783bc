import type { NoiseKind } from '../learning-names';

/** What a person may be in a studio: an owner may do everything, a reviewer only decides. */
export type StudioRole = 'owner' | 'reviewer';

/** One data set in the menu of the frame, newest first. */
export interface StudioBuild {
  readonly id: string;
  readonly sampleCount: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** One noise split of a data set. */
export interface StudioSplit {
  readonly id: string;
  readonly buildId: string;
  readonly method: string;
  readonly createdAt: string;
  readonly counts: Readonly<Record<NoiseKind, number>>;
}

/** A step that makes sense next, and the command it stands for. */
export interface NextStep {
  readonly title: string;
  readonly reason: string;
  readonly command: string;
}

/** GET /api/project: what the frame and the start page show. */
export interface StudioProject {
  readonly name: string;
  /** Of the project file, as the command was given it: for commands to copy. */
  readonly file: string;
  /** In the order of labels. */
  readonly classes: readonly string[];
  readonly builds: readonly StudioBuild[];
  readonly splits: readonly StudioSplit[];
  /** Null where nothing was crawled or imported yet. */
  readonly funnel: { readonly hits: number; readonly stored: number; readonly samples: number } | null;
  readonly runCount: number;
  /** Test accuracy 0 to 1 of the best student. */
  readonly bestAccuracy: number | null;
  readonly decisionCount: number;
  readonly next: NextStep;
  readonly person: { readonly name: string; readonly role: StudioRole };
  /** No step may be started and nothing decided. */
  readonly isReadOnly: boolean;
  /** Part of the addresses of bytes, /pic/CAPABILITY/SIZE/SHA256: an `<img>` sends no key. */
  readonly capability: string;
}

/**
 * GET /proof?nonce= (20 to 100 letters, digits, `-` and `_`), which takes no key: HMAC-SHA256 of `studio NONCE PORT` in base64url, by the
 * SHA-256 of each key that the studio knows. Who has a key sends it only to whom one of these is right.
 */
export interface StudioProof {
  readonly proofs: readonly string[];
}

/** What something changed in: pages that show it ask for it again. */
export type StudioTopic = 'project' | 'decisions' | 'crawl' | 'runs';

/** One event of GET /api/events (`text/event-stream`, one open stream a browser): `id: NUMBER`, `data: THIS AS JSON`. */
export interface StudioEvent {
  /** Grows by one: after a gap everything is asked for again. */
  readonly number: number;
  readonly topic: StudioTopic;
  /** Who decided. */
  readonly person?: string;
}
