const MIN_GROWTH_BYTES = 65_536;

/** ES2024, which Node has and the compiler's library has not. */
interface ResizableArrayBuffer extends ArrayBuffer {
  readonly maxByteLength: number;
  resize(bytes: number): void;
}
const ResizableArrayBuffer = ArrayBuffer as unknown as new (
  bytes: number,
  options: { readonly maxByteLength: number },
) => ResizableArrayBuffer;

/**
 * Collects pieces of bytes in one growing buffer, so that they cost memory by their bytes, however small they are. Pieces are
 * copied: a view would keep all that was received together with it. The memory is pages of its own, which go back to the system
 * when the bytes are taken or dropped; what is left to garbage collector and `malloc` stays with the process for long.
 */
export class ByteCollector {
  readonly #memory: ResizableArrayBuffer;
  /** Grows with the memory. */
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param maxBytes that will come; only reserved until they do */
  constructor(maxBytes: number) {
    this.#memory = new ResizableArrayBuffer(0, { maxByteLength: maxBytes });
    this.#bytes = new Uint8Array(this.#memory);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** @throws RangeError where there are more than `maxBytes` */
  append(piece: Uint8Array): void {
    const end = this.#length + piece.length;
    const { byteLength, maxByteLength } = this.#memory;
    if (end > byteLength) {
      const wanted = Math.max(end, 2 * byteLength, MIN_GROWTH_BYTES);
      this.#memory.resize(Math.max(end, Math.min(wanted, maxByteLength)));
    }
    this.#bytes.set(piece, this.#length);
    this.#length = end;
  }

  /** All bytes in a buffer of their own; the collector is empty afterwards. */
  take(): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.drop();
    return bytes;
  }

  /** Forgets all bytes. */
  drop(): void {
    this.#memory.resize(0);
    this.#length = 0;
  }
}
