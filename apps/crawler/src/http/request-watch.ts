import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { HttpFailure } from './http-result';
import { httpFailure } from './http-result';
import type { HttpLimits } from './http-limits';
import type { TransferObserver } from './observed-agent';

/** Heads, interim responses, chunk sizes and extensions together: no more than this, and a quarter of the body. */
const MAX_FRAMING_BYTES = 65_536;
const MAX_FRAMING_FRACTION = 0.25;
/** Pieces of a body: each costs about as much time as 4 kB. No more than this, and one for so many bytes. */
const MAX_PIECES = 2048;
const MIN_BYTES_PER_PIECE = 64;

/** Ends one request when it takes too long, or costs more than its body is worth; `failure` then says why. */
export class RequestWatch implements TransferObserver {
  readonly #controller = new AbortController();
  readonly #limits: HttpLimits;
  readonly #outer: AbortSignal | undefined;
  readonly #onOuterAbort = (): void => this.#controller.abort();
  readonly #onSent: (() => void) | undefined;
  readonly #totalTimer: NodeJS.Timeout;
  readonly #firstByteTimer: NodeJS.Timeout;
  #speedTimer: NodeJS.Timeout | undefined;
  #stopCounting: () => void = () => undefined;
  #bodyBytes = 0;
  #pieces = 0;
  #answered = false;
  #stopped = false;
  failure: HttpFailure | undefined;

  /** @param onSent called when the request goes out */
  constructor(limits: HttpLimits, outer: AbortSignal | undefined, onSent?: () => void) {
    this.#limits = limits;
    this.#outer = outer;
    this.#onSent = onSent;
    if (outer?.aborted === true) this.#controller.abort();
    outer?.addEventListener('abort', this.#onOuterAbort);
    this.#firstByteTimer = setTimeout(() => {
      afterInput(() => {
        if (!this.#answered) this.#end(httpFailure('timeout', `no answer in ${limits.firstByteTimeoutMillis} ms`));
      });
    }, limits.firstByteTimeoutMillis);
    this.#totalTimer = setTimeout(() => {
      const outcome = this.#answered ? 'too_slow' : 'timeout';
      this.#end(httpFailure(outcome, `not complete in ${limits.totalTimeoutMillis} ms`));
    }, limits.totalTimeoutMillis);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  onSent(connection: Socket): void {
    this.#onSent?.();
    const before = connection.bytesRead;
    // After the parser, which listens since the connection was made: what it has read of the body is counted by now.
    const count = (): void => {
      const framing = connection.bytesRead - before - this.#bodyBytes;
      if (framing <= MAX_FRAMING_BYTES + MAX_FRAMING_FRACTION * this.#bodyBytes) return;
      this.#end(httpFailure('too_large', `${framing} bytes of heads and framing for ${this.#bodyBytes} of body`));
    };
    connection.on('readable', count);
    this.#stopCounting = () => connection.off('readable', count);
  }

  onData(bytes: number): void {
    this.#bodyBytes += bytes;
    this.#pieces += 1;
    if (this.#pieces <= MAX_PIECES + this.#bodyBytes / MIN_BYTES_PER_PIECE) return;
    this.#end(httpFailure('too_large', `${this.#bodyBytes} bytes in ${this.#pieces} pieces`));
  }

  /** The headers are here: from now on the speed of the body counts. */
  watchBody(body: Readable): void {
    this.#answered = true;
    clearTimeout(this.#firstByteTimer);
    const { speedWindowMillis, minBytesPerSecond } = this.#limits;
    let known = this.#bodyBytes;
    const check = (): void => {
      const bytesPerSecond = ((this.#bodyBytes - known) * 1000) / speedWindowMillis;
      known = this.#bodyBytes;
      // Paused: it is we who are slow, not the server.
      if (bytesPerSecond >= minBytesPerSecond || body.isPaused()) return;
      this.#end(httpFailure('too_slow', `${Math.round(bytesPerSecond)} bytes a second`));
    };
    this.#speedTimer = setInterval(() => afterInput(check), speedWindowMillis);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#firstByteTimer);
    clearTimeout(this.#totalTimer);
    clearInterval(this.#speedTimer);
    this.#stopCounting();
    this.#outer?.removeEventListener('abort', this.#onOuterAbort);
  }

  #end(failure: HttpFailure): void {
    if (this.#stopped) return;
    this.failure ??= failure;
    this.#controller.abort();
  }
}

/** Runs a check after what has arrived was read: on a busy machine timers come before the input that they wait for. */
function afterInput(check: () => void): void {
  setImmediate(check);
}
