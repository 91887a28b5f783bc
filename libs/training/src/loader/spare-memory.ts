import type { DrawnImages } from './image-draw';

/**
 * Memory of images that nobody looks at any more, for the next ones: fresh memory costs as much as what is drawn in it. Shared memory, as V8 collects
 * garbage for every batch whose memory is its own, or is handed from thread to thread.
 */
export class SpareMemory {
  #spare: SharedArrayBuffer[] = [];

  give(memory: readonly SharedArrayBuffer[]): void {
    this.#spare.push(...memory);
  }

  /** Of so many bytes, whatever they are. */
  take(bytes: number): SharedArrayBuffer {
    const index = this.#spare.findIndex(({ byteLength }) => byteLength === bytes);
    return index < 0 ? new SharedArrayBuffer(bytes) : (this.#spare.splice(index, 1)[0] as SharedArrayBuffer);
  }

  /** Gives up all but the newest. */
  keep(count: number): void {
    this.#spare = this.#spare.slice(-count);
  }
}

/** The memory of images that were drawn with it. */
export function buffersOf(drawn: readonly DrawnImages[]): SharedArrayBuffer[] {
  return drawn.flatMap(({ views }) =>
    views.flatMap(({ pixels, normalised }) => [pixels.buffer, ...(normalised ? [normalised.values.buffer] : [])]),
  ) as SharedArrayBuffer[];
}
