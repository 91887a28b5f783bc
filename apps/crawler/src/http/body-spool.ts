import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ByteCollector } from './byte-collector';

/**
 * Collects a body while it comes: in memory up to a number of bytes, what is beyond in a temporary file without a name, so
 * that large bodies of slow hosts neither fill memory nor wait for a share of it.
 */
export class BodySpool {
  readonly #memory: ByteCollector;
  readonly #memoryBytes: number;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #isDropped = false;

  constructor(memoryBytes: number) {
    this.#memory = new ByteCollector(memoryBytes);
    this.#memoryBytes = memoryBytes;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#fileBytes + this.#memory.length;
  }

  /** Undefined where more may come at once; else resolves when it may. @throws errors of the file system */
  append(piece: Uint8Array): Promise<void> | undefined {
    if (this.#memory.length + piece.length > this.#memoryBytes) return this.#flush(piece);
    this.#memory.append(piece);
    return undefined;
  }

  /** All bytes in one buffer; the spool is empty afterwards. */
  async take(): Promise<Buffer> {
    if (this.#file === undefined) return this.#memory.take();
    const whole = Buffer.alloc(this.length);
    try {
      for (let at = 0; at < this.#fileBytes;) {
        const { bytesRead } = await this.#file.read(whole, at, this.#fileBytes - at, at);
        if (bytesRead === 0) throw new Error('a temporary file was cut');
        at += bytesRead;
      }
      whole.set(this.#memory.take(), this.#fileBytes);
    } finally {
      this.drop();
    }
    return whole;
  }

  /** Forgets all bytes; no more may come. */
  drop(): void {
    this.#isDropped = true;
    this.#memory.drop();
    this.#fileBytes = 0;
    void this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  async #flush(piece: Uint8Array): Promise<void> {
    const file = (this.#file ??= await openUnnamed());
    // Given up while the file was opened.
    if (this.#isDropped) return this.drop();
    for (const bytes of [this.#memory.take(), piece]) {
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, this.#fileBytes);
        at += bytesWritten;
        this.#fileBytes += bytesWritten;
      }
    }
  }
}

/** Removed as soon as it is open: whatever ends this process leaves no file behind. */
async function openUnnamed(): Promise<FileHandle> {
  const file = path.join(tmpdir(), `winnow-body-${randomUUID()}`);
  const handle = await open(file, 'wx+', 0o600);
  await unlink(file);
  return handle;
}
