/** How long an image is kept for the person who was given it, and for nobody else. */
const LEASE_MILLIS = 90_000;

interface Lease {
  readonly person: string;
  readonly untilMillis: number;
}

/** Which images are before whom: two people who review at once are given different ones. */
export class ReviewLeases {
  readonly #byImage = new Map<string, Lease>();

  /** Images that others than this person have before them. */
  takenFrom(person: string, nowMillis: number): readonly string[] {
    return [...this.#byImage]
      .filter(([, lease]) => lease.person !== person && lease.untilMillis > nowMillis)
      .map(([image]) => image);
  }

  /** Keeps images, of which none is taken, for a person from now on. */
  take(images: Iterable<string>, person: string, nowMillis: number): void {
    for (const [image, { untilMillis }] of this.#byImage) if (untilMillis <= nowMillis) this.#byImage.delete(image);
    for (const image of images) this.#byImage.set(image, { person, untilMillis: nowMillis + LEASE_MILLIS });
  }

  /** Who has an image before them; null: nobody. */
  holderOf(image: string, nowMillis: number): string | null {
    const lease = this.#byImage.get(image);
    return lease !== undefined && lease.untilMillis > nowMillis ? lease.person : null;
  }

  /** Whoever decides is still there: what they have, and still have to look at, is kept for them from now on. */
  renew(person: string, nowMillis: number, isToLookAt: (image: string) => boolean): void {
    const own = [...this.#byImage.keys()].filter((image) => this.holderOf(image, nowMillis) === person);
    this.take(own.filter(isToLookAt), person, nowMillis);
  }

  /** Gives back what a person has. */
  release(person: string): void {
    for (const [image, lease] of this.#byImage) if (lease.person === person) this.#byImage.delete(image);
  }
}
