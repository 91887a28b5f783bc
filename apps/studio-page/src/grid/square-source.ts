import { read } from '../server/client';

/** Images a request: few enough that the first are drawn while others are still read. */
const AT_ONCE = 32;
/** Of what stays in memory, characters: some 8,000 images of 64 pixels. */
const MAX_KEPT = 24e6;
const NOT_YET_MILLIS = 1000;

interface AskedSquares {
  readonly digests: readonly string[];
  readonly controller: AbortController;
}

/**
 * The images of tiles as `data:` addresses, many with one answer: a request for each of them keeps a browser busy ten times
 * as long. What has left the view before it came is no longer asked for.
 */
export class SquareSource {
  readonly #search: Readonly<Record<string, string | undefined>>;
  readonly #onChange: () => void;
  readonly #known = new Map<string, string | null>();
  readonly #asked = new Set<AskedSquares>();
  #seen: ReadonlySet<string> = new Set();
  #kept = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** @param b the data set, as an address names it */
  constructor(b: string | undefined, onChange: () => void) {
    this.#search = { b };
    this.#onChange = onChange;
  }

  /** @returns undefined: not known yet; null: there is none that can be shown */
  get(sha256: string): string | null | undefined {
    return this.#known.get(sha256);
  }

  /** @param digests of all images that are seen now */
  want(digests: readonly string[]): void {
    const seen = new Set(digests);
    this.#seen = seen;
    for (const asked of this.#asked) if (!asked.digests.some((sha256) => seen.has(sha256))) this.#stop(asked);
    const coming = new Set([...this.#asked].flatMap((asked) => asked.digests));
    const missing = [...seen].filter((sha256) => !this.#known.has(sha256) && !coming.has(sha256));
    for (let at = 0; at < missing.length; at += AT_ONCE) void this.#ask(missing.slice(at, at + AT_ONCE));
  }

  close(): void {
    clearTimeout(this.#again);
    for (const asked of this.#asked) this.#stop(asked);
  }

  #stop(asked: AskedSquares): void {
    asked.controller.abort();
    this.#asked.delete(asked);
  }

  async #ask(digests: readonly string[]): Promise<void> {
    const asked = { digests, controller: new AbortController() };
    this.#asked.add(asked);
    const { signal } = asked.controller;
    try {
      const search = { ...this.#search, sha256: digests.join(',') };
      const { squares } = await read('/api/squares', { search, signal });
      // Of large images not all come at once: whoever draws these asks for the others.
      squares.forEach((square, at) => this.#keep(digests[at] as string, square));
      this.#makeRoom();
      this.#onChange();
    } catch {
      // The data set is still read, or the studio is gone: whoever draws then asks again.
      clearTimeout(this.#again);
      if (!signal.aborted) this.#again = setTimeout(this.#onChange, NOT_YET_MILLIS);
    } finally {
      this.#asked.delete(asked);
    }
  }

  #keep(sha256: string, square: string | null): void {
    this.#known.set(sha256, square);
    this.#kept += square?.length ?? 0;
  }

  #makeRoom(): void {
    if (this.#kept <= MAX_KEPT) return;
    for (const [sha256, square] of this.#known) {
      if (this.#seen.has(sha256)) continue;
      this.#known.delete(sha256);
      this.#kept -= square?.length ?? 0;
    }
  }
}
