import type { Readable } from 'node:stream';
import type { HttpFailure } from './http-result';
import { httpFailure } from './http-result';
import type { HttpLimits } from './http-limits';

/** Ends one hop when it takes too long; `failure` then says why. */
export class RequestWatch {
  readonly #controller = new AbortController();
  readonly #limits: HttpLimits;
  readonly #outer: AbortSignal | undefined;
  readonly #onOuterAbort = (): void => this.#controller.abort();
  readonly #totalTimer: NodeJS.Timeout;
  #firstByteTimer: NodeJS.Timeout;
  #speedTimer: NodeJS.Timeout | undefined;
  #answered = false;
  #stopped = false;
  failure: HttpFailure | undefined;

  constructor(limits: HttpLimits, outer: AbortSignal | undefined) {
    this.#limits = limits;
    this.#outer = outer;
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

  /** The headers are here: from now on the speed of the body counts. */
  watchBody(body: Readable): void {
    this.#answered = true;
    clearTimeout(this.#firstByteTimer);
    const { speedWindowMillis, minBytesPerSecond } = this.#limits;
    let received = 0;
    body.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    const check = (): void => {
      const bytesPerSecond = (received * 1000) / speedWindowMillis;
      received = 0;
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
