import type { ImageColumns } from './image-columns';

const DIGEST = /^[0-9a-f]{64}$/;

/** Finds images by digest: rows in buckets of the first 16 bits, 4 bytes an image. */
export class RowsByDigest {
  readonly #digest: Uint8Array;
  readonly #starts = new Uint32Array(65_537);
  readonly #rows: Uint32Array;

  constructor({ digest, count }: Pick<ImageColumns, 'digest' | 'count'>) {
    this.#digest = digest;
    this.#rows = new Uint32Array(count);
    const bucketOf = (row: number): number => ((digest[row * 32] as number) << 8) | (digest[row * 32 + 1] as number);
    for (let row = 0; row < count; row += 1) {
      const bucket = bucketOf(row);
      this.#starts[bucket + 1] = (this.#starts[bucket + 1] as number) + 1;
    }
    for (let bucket = 0; bucket < 65_536; bucket += 1) {
      this.#starts[bucket + 1] = (this.#starts[bucket + 1] as number) + (this.#starts[bucket] as number);
    }
    const next = this.#starts.slice();
    for (let row = 0; row < count; row += 1) {
      const bucket = bucketOf(row);
      const place = next[bucket] as number;
      this.#rows[place] = row;
      next[bucket] = place + 1;
    }
  }

  /** In the order of the data set. */
  rowsOf(sha256: string): readonly number[] {
    if (!DIGEST.test(sha256)) return [];
    const wanted = Buffer.from(sha256, 'hex');
    const bucket = wanted.readUInt16BE();
    const found: number[] = [];
    for (let at = this.#starts[bucket] as number; at < (this.#starts[bucket + 1] as number); at += 1) {
      const row = this.#rows[at] as number;
      if (wanted.equals(this.#digest.subarray(row * 32, row * 32 + 32))) found.push(row);
    }
    return found;
  }
}
