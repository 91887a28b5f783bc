/** Before that a pace says little. */
const MIN_PACE_MILLIS = 1000;

/** How fast a task goes, since its first update: work that goes on from a checkpoint begins there. */
export class Pace {
  #first: { readonly done: number; readonly at: number } | undefined;
  #done = 0;

  constructor(
    readonly total: number | undefined,
    /** Milliseconds, from any start. */
    readonly now: () => number,
  ) {}

  update(done: number): void {
    this.#done = done;
    this.#first ??= { done, at: this.now() };
  }

  /** Null while nothing can be said, and at the end. */
  leftMillis(): number | null {
    const { done = 0, at = 0 } = this.#first ?? {};
    const millis = this.now() - at;
    const worked = this.#done - done;
    if (this.total === undefined || this.#done >= this.total || worked <= 0 || millis < MIN_PACE_MILLIS) return null;
    return ((this.total - this.#done) * millis) / worked;
  }
}
