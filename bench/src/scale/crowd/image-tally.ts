import type { CrowdPlan } from './crowd-plan';

/** How often images were asked for and served. */
export interface ImageCounts {
  readonly requests: number;
  /** URLs that were asked for at all. */
  readonly urlsAsked: number;
  /** Requests beyond those that an image takes: two where the first is refused, one elsewhere. */
  readonly repeatedRequests: number;
  /** Answers of status 200 that went out in full. */
  readonly delivered: number;
  /** URLs with such an answer, and those with more than one. */
  readonly urlsDelivered: number;
  readonly urlsDeliveredAgain: number;
  /** Since the server started; null before the first image. */
  readonly firstRequestMillis: number | null;
  readonly lastResponseMillis: number | null;
}

export interface ImageTally {
  /** @returns how often the image was asked for, this time included */
  asked(image: number): number;
  /** An answer of status 200 has gone out in full. */
  delivered(image: number): void;
  /** Any answer has ended. */
  ended(): void;
  read(): ImageCounts;
}

/** Two bytes an image. @param nowMillis since the server started */
export function createImageTally(plan: CrowdPlan, nowMillis: () => number): ImageTally {
  // Clamped: counts stop at 255.
  const asked = new Uint8ClampedArray(plan.size.images);
  const delivered = new Uint8ClampedArray(plan.size.images);
  let firstRequestMillis: number | null = null;
  let lastResponseMillis: number | null = null;
  const needed = (image: number): number => (plan.behaviourOf(image).endsWith('-once') ? 2 : 1);
  return {
    asked(image) {
      firstRequestMillis ??= nowMillis();
      asked[image] = (asked[image] ?? 0) + 1;
      return asked[image] ?? 1;
    },
    delivered(image) {
      delivered[image] = (delivered[image] ?? 0) + 1;
    },
    ended() {
      lastResponseMillis = nowMillis();
    },
    read: () => ({
      requests: sum(asked, (count) => count),
      urlsAsked: sum(asked, (count) => Math.min(count, 1)),
      repeatedRequests: sum(asked, (count, image) => Math.max(0, count - needed(image))),
      delivered: sum(delivered, (count) => count),
      urlsDelivered: sum(delivered, (count) => Math.min(count, 1)),
      urlsDeliveredAgain: sum(delivered, (count) => (count > 1 ? 1 : 0)),
      firstRequestMillis,
      lastResponseMillis,
    }),
  };
}

function sum(counts: Uint8ClampedArray, value: (count: number, index: number) => number): number {
  return counts.reduce((total, count, index) => total + value(count, index), 0);
}
