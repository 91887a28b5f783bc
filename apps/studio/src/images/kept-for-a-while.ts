/** Files change when a person changes them. */
const KEEP_MILLIS = 30_000;

/** What takes a while to read, such as lists of test images: read again after half a minute, and where reading failed. */
export class KeptForAWhile<Value> {
  readonly #read: () => Promise<Value>;
  readonly #now: () => Date;
  #known: { readonly value: Promise<Value>; readonly askedAt: number } | undefined;

  constructor(read: () => Promise<Value>, now: () => Date) {
    this.#read = read;
    this.#now = now;
  }

  /** @throws what reading throws */
  get(): Promise<Value> {
    const now = this.#now().getTime();
    if (this.#known !== undefined && now - this.#known.askedAt < KEEP_MILLIS) return this.#known.value;
    const asked = { value: this.#read(), askedAt: now };
    this.#known = asked;
    asked.value.catch(() => {
      if (this.#known === asked) this.#known = undefined;
    });
    return asked.value;
  }
}
