import { type MessagePort, parentPort, Worker } from 'node:worker_threads';
import { type ErrorCode, isWinnowError, WinnowError } from '@winnow/contracts';

export interface ThreadPoolOptions {
  /** JavaScript that every thread starts with; what it loads calls `serveThread`. */
  readonly file: string;
  readonly threads: number;
  /** Every thread gets a copy, but for memory that is shared. */
  readonly workerData: unknown;
  /** Shapes the error of a request, unless it was a WinnowError within the thread or the pool was closed. */
  readonly toError?: (cause: unknown) => Error;
}

interface Waiting<Reply> {
  resolve(reply: Reply): void;
  reject(reason: Error): void;
}

interface Thread<Reply> {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting<Reply>>;
}

/** An error in words: classes do not survive the way between threads. */
interface Failure {
  /** Null for what was no WinnowError. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly where?: string;
  readonly next?: string;
}

interface Message<Content> {
  readonly id: number;
  readonly content: Content;
}

type Outcome<Reply> = { readonly reply: Reply } | { readonly failure: Failure };

/**
 * A fixed number of threads, each with a queue of its own: a request goes to the one that has the fewest, at once, so that
 * none waits while the main thread computes. What a thread that ends was given is rejected; the others take what follows.
 */
export class ThreadPool<Request, Reply> {
  readonly #toError: (cause: unknown) => Error;
  #threads: readonly Thread<Reply>[];
  #nextId = 0;
  /** Why no request is taken any more. */
  #ended: Error | null = null;

  constructor({ file, threads, workerData, toError = asError }: ThreadPoolOptions) {
    this.#toError = toError;
    this.#threads = Array.from({ length: threads }, () => this.#start(new Worker(file, { workerData })));
  }

  /**
   * @param transfer memory of the request that is handed over
   * @throws Error what `toError` makes of the end of the thread, or of what it threw; a WinnowError from it as it was
   */
  run(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = this.#nextId;
    // In turn among those with as few: the first of them would get what follows while another has nothing to do.
    const turn = id % this.#threads.length;
    const inTurn = [...this.#threads.slice(turn), ...this.#threads.slice(0, turn)];
    const { worker, waiting } = inTurn.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      worker.postMessage({ id, content: request } satisfies Message<Request>, transfer);
      waiting.set(id, { resolve, reject });
    });
  }

  /** Ends the threads; what is under way, and every later request, is rejected with `reason`. */
  async close(reason: Error): Promise<void> {
    this.#ended ??= reason;
    const threads = this.#threads;
    for (const { waiting } of threads) rejectAll(waiting, reason);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #start(worker: Worker): Thread<Reply> {
    const waiting = new Map<number, Waiting<Reply>>();
    const thread = { worker, waiting };
    worker.on('message', ({ id, content }: Message<Outcome<Reply>>) => {
      const request = waiting.get(id);
      waiting.delete(id);
      if ('reply' in content) request?.resolve(content.reply);
      else request?.reject(this.#revive(content.failure));
    });
    worker.on('error', (cause) => this.#lose(thread, cause));
    // After an error it has no effect.
    worker.on('exit', (code) => this.#lose(thread, `exit code ${code}`));
    return thread;
  }

  #lose(thread: Thread<Reply>, cause: unknown): void {
    this.#threads = this.#threads.filter((other) => other !== thread);
    void thread.worker.terminate();
    const error = this.#toError(cause);
    rejectAll(thread.waiting, error);
    if (this.#threads.length === 0) this.#ended ??= error;
  }

  #revive({ code, message, where, next }: Failure): Error {
    return code === null ? this.#toError(message) : new WinnowError(code, message, { where, next });
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

function rejectAll(waiting: Map<number, Waiting<unknown>>, reason: Error): void {
  for (const { reject } of waiting.values()) reject(reason);
  waiting.clear();
}

/**
 * The other half, called once by what the thread loads.
 * @param buffersOf memory of a reply, which is handed over instead of copied
 */
export function serveThread<Request, Reply>(
  answer: (request: Request) => Reply | Promise<Reply>,
  buffersOf: (reply: Reply) => readonly ArrayBuffer[] = () => [],
): void {
  const port = parentPort as MessagePort;
  const serve = async ({ id, content }: Message<Request>): Promise<void> => {
    try {
      const reply = await answer(content);
      port.postMessage({ id, content: { reply } } satisfies Message<Outcome<Reply>>, buffersOf(reply));
    } catch (error) {
      port.postMessage({ id, content: { failure: inWords(error) } } satisfies Message<Outcome<Reply>>);
    }
  };
  port.on('message', (message: Message<Request>) => void serve(message));
}

function inWords(error: unknown): Failure {
  if (isWinnowError(error)) {
    const { code, message, where, next } = error;
    return { code, message, where, next };
  }
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
