import type { ImageTile, ImageWindow } from '@winnow/contracts';
import { read, StudioError } from '../server/client';

/** Tiles a request: some screens of small ones. */
const BLOCK = 120;
const MAX_AT_ONCE = 500;
/** Some 10,000 tiles stay in memory. */
const MAX_BLOCKS = 80;
/** While the server reads a data set for the first time, which it answers by how far it is. */
const NOT_YET_MILLIS = 1000;

interface Block {
  readonly tiles: readonly ImageTile[];
  /** `performance.now()` when it was asked for. */
  readonly askedAt: number;
}

/** What the whole list says of itself; `total` null: not known yet. */
export interface ListFacts {
  readonly total: number | null;
  readonly of: number;
  readonly version: number;
}

/**
 * The tiles of one list, by index: asked for in blocks where the grid looks, and no longer asked for where it has passed.
 * One filter and order is one source.
 */
export class TileSource {
  facts: ListFacts = { total: null, of: 0, version: 0 };
  error: Error | null = null;
  readonly #search: Readonly<Record<string, string>>;
  readonly #onChange: () => void;
  readonly #blocks = new Map<number, Block>();
  readonly #asked = new Map<number, AbortController>();
  #again: ReturnType<typeof setTimeout> | undefined;
  #wanted: readonly number[] = [0];

  constructor(search: Readonly<Record<string, string>>, onChange: () => void) {
    this.#search = search;
    this.#onChange = onChange;
  }

  tile(index: number): ImageTile | undefined {
    return this.#blocks.get(Math.floor(index / BLOCK))?.tiles[index % BLOCK];
  }

  /** `performance.now()` when the tile was asked for: what was stored later it may not show. */
  askedAt(index: number): number {
    return this.#blocks.get(Math.floor(index / BLOCK))?.askedAt ?? 0;
  }

  /** @param end the first tile that is not seen */
  want(from: number, end: number): void {
    const [first, last] = [Math.floor(from / BLOCK), Math.floor(Math.max(from, end - 1) / BLOCK)];
    this.#wanted = Array.from({ length: last - first + 1 }, (_, step) => first + step);
    for (const [block, controller] of this.#asked) {
      if (this.#wanted.includes(block)) continue;
      controller.abort();
      this.#asked.delete(block);
    }
    for (const block of this.#wanted) if (!this.#blocks.has(block)) void this.#ask(block);
  }

  /** Something changed: what is seen is asked for again and stays until it is there, the rest is forgotten. */
  refresh(): void {
    for (const block of [...this.#blocks.keys()]) if (!this.#wanted.includes(block)) this.#blocks.delete(block);
    for (const block of this.#wanted) {
      this.#asked.get(block)?.abort();
      this.#asked.delete(block);
      void this.#ask(block);
    }
  }

  /** @throws as `read` */
  async tiles(ranges: readonly (readonly [number, number])[]): Promise<readonly ImageTile[]> {
    const found: ImageTile[] = [];
    for (const [from, end] of ranges) {
      for (let at = from; at < end; at += MAX_AT_ONCE) {
        const count = Math.min(MAX_AT_ONCE, end - at);
        const { tiles, version } = await read('/api/images', { search: { ...this.#search, from: at, count } });
        if (version !== this.facts.version) throw new Error('The list has changed meanwhile: select again.');
        found.push(...tiles);
      }
    }
    return found;
  }

  close(): void {
    clearTimeout(this.#again);
    for (const controller of this.#asked.values()) controller.abort();
    this.#asked.clear();
  }

  async #ask(block: number): Promise<void> {
    if (this.#asked.has(block)) return;
    const controller = new AbortController();
    this.#asked.set(block, controller);
    const askedAt = performance.now();
    const { signal } = controller;
    try {
      const search = { ...this.#search, from: block * BLOCK, count: BLOCK };
      this.#take(block, await read('/api/images', { search, signal }), askedAt);
    } catch (error) {
      if (signal.aborted) return;
      this.error = error instanceof Error ? error : new Error(String(error));
      const isPassing = !(error instanceof StudioError) || error.status === 503;
      if (isPassing) this.#againLater();
    } finally {
      if (this.#asked.get(block) === controller) this.#asked.delete(block);
    }
    if (!signal.aborted) this.#onChange();
  }

  #againLater(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      for (const block of this.#wanted) if (!this.#blocks.has(block)) void this.#ask(block);
    }, NOT_YET_MILLIS);
  }

  #take(block: number, { total, of, version, tiles }: ImageWindow, askedAt: number): void {
    this.error = null;
    if (version !== this.facts.version) {
      for (const other of [...this.#blocks.keys()]) if (other !== block) this.#blocks.delete(other);
      for (const wanted of this.#wanted) if (wanted !== block) void this.#ask(wanted);
    }
    this.facts = { total, of, version };
    this.#blocks.delete(block);
    this.#blocks.set(block, { tiles, askedAt });
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= MAX_BLOCKS) break;
      if (!this.#wanted.includes(oldest)) this.#blocks.delete(oldest);
    }
  }
}
