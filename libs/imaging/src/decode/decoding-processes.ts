import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { requireUninterrupted, Semaphore, WinnowError } from '@winnow/contracts';
import { TOOK_TOO_LONG } from './classify-failure';
import type { DecodingReply, DecodingRequest } from './decoding-messages';
import { MAX_DECODE_SECONDS, refuse } from './image-limits';
import type { ImageRefusal } from './image-limits';

export interface DecodingProcessesOptions {
  /** How long one image may take. */
  readonly timeoutMillis: number;
  /** Data that one process may allocate, where the system has such a limit. */
  readonly maxMemoryBytes: number;
  readonly maxProcesses: number;
}

/** An interlaced image of 100 megapixels takes .8 GB, and its pixels as much again on their way. */
const DEFAULTS: DecodingProcessesOptions = {
  timeoutMillis: MAX_DECODE_SECONDS * 1000,
  maxMemoryBytes: 2_500_000_000,
  maxProcesses: Math.min(4, availableParallelism()),
};
/** Four times what one takes that has decoded nothing. */
const MAX_IDLE_BYTES = 400_000_000;
const START_MILLIS = 60_000;
/** A limit is counted in so many steps: a standstill of this program, and often of its processes with it, is one of them. */
const STEPS = 60;
const ENTRY = path.join(__dirname, 'decoding-process.js');
const STOPPED = 'Stopped while decoding an image';

/**
 * Processes that decode what may take long: no library can be stopped within one call, a process can. Started when
 * needed, kept, and ended with this one; the death of one is the outcome of the image that it was at.
 */
export class DecodingProcesses {
  readonly #options: DecodingProcessesOptions;
  readonly #slots: Semaphore;
  readonly #idle: DecodingProcess[] = [];

  constructor(options: Partial<DecodingProcessesOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#slots = new Semaphore(this.#options.maxProcesses);
  }

  /**
   * @returns what the task gives, or the refusal `decode_error` where it took too long or too much memory
   * @throws WinnowError INTERRUPTED, then the process is gone; INTERNAL where none can be started
   */
  run<T>(request: DecodingRequest, signal?: AbortSignal): Promise<T | ImageRefusal> {
    return this.#slots.run(() => this.#runNow<T>(request, signal), 1, signal);
  }

  async #runNow<T>(request: DecodingRequest, signal: AbortSignal | undefined): Promise<T | ImageRefusal> {
    const known = this.#idle.pop();
    const decoder = known?.isAlive === true ? known : new DecodingProcess(this.#options);
    const onAbort = (): void => decoder.kill();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await decoder.run<T>(request);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (decoder.isAlive) this.#idle.push(decoder);
      requireUninterrupted(signal, STOPPED);
    }
  }
}

type Ending = { readonly ended: string };

/** One process, one image at a time. */
class DecodingProcess {
  readonly #child: ChildProcess;
  readonly #timeoutMillis: number;
  #isReady = false;
  #ending: Ending | null = null;
  #settle: (reply: DecodingReply | Ending) => void = () => undefined;

  constructor({ timeoutMillis, maxMemoryBytes }: DecodingProcessesOptions) {
    this.#timeoutMillis = timeoutMillis;
    this.#child = startChild(maxMemoryBytes);
    this.#child.on('message', (reply: DecodingReply) => this.#settle(reply));
    this.#child.on('exit', (code, killedBy) => this.#end(killedBy ?? `exit code ${code}`));
    this.#child.on('error', (error) => this.#end(error.message));
  }

  get isAlive(): boolean {
    return this.#ending === null;
  }

  kill(): void {
    this.#end('stopped');
    this.#child.kill('SIGKILL');
  }

  async run<T>(request: DecodingRequest): Promise<T | ImageRefusal> {
    this.#child.ref();
    this.#child.channel?.ref();
    try {
      await this.#start();
      const reply = await this.#next(this.#timeoutMillis, () => this.#child.send(request));
      if (reply === null) return refuse('decode_error', TOOK_TOO_LONG);
      if ('ended' in reply) return refuse('decode_error', `the decoder ended, ${reply.ended}: damaged, or too large`);
      if ('result' in reply) {
        // What it still holds would be missed at the next image.
        if (reply.residentBytes > MAX_IDLE_BYTES) this.kill();
        return reply.result as T;
      }
      throw new Error('failure' in reply ? reply.failure : 'unexpected reply');
    } finally {
      this.#child.channel?.unref();
      this.#child.unref();
    }
  }

  async #start(): Promise<void> {
    if (this.#isReady) return;
    const reply = await this.#next(START_MILLIS);
    if (reply === null || !('ready' in reply)) {
      throw new WinnowError('INTERNAL', 'A process that decodes images does not start', {
        where: ENTRY,
        next: 'Run the same command again; where that does not help, check the limits on memory and processes.',
        cause: reply,
      });
    }
    this.#isReady = true;
  }

  /** The next reply, how the process ended, or null where it took too long: then it has no future. */
  #next(withinMillis: number, ask: () => void = () => undefined): Promise<DecodingReply | Ending | null> {
    return new Promise((resolve) => {
      let steps = STEPS;
      const timer = setInterval(() => {
        steps -= 1;
        if (steps > 0) return;
        clearInterval(timer);
        this.#settle = () => undefined;
        this.kill();
        resolve(null);
      }, withinMillis / STEPS);
      this.#settle = (reply) => {
        clearInterval(timer);
        resolve(reply);
      };
      if (this.#ending === null) ask();
      else this.#settle(this.#ending);
    });
  }

  #end(why: string): void {
    if (this.#ending !== null) return;
    this.#ending = { ended: why };
    this.#settle(this.#ending);
  }
}

/** By a shell where there is one: only it can set a limit on memory. */
function startChild(maxMemoryBytes: number): ChildProcess {
  const options = { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], cwd: __dirname } as const;
  const flags = ['--max-old-space-size=512'];
  if (process.platform === 'win32')
    return fork(ENTRY, [], { ...options, execArgv: flags, windowsHide: true } as object);
  const limited = `ulimit -d ${Math.round(maxMemoryBytes / 1024)} 2>/dev/null; exec "$@"`;
  return fork(ENTRY, [], {
    ...options,
    stdio: [...options.stdio],
    execPath: '/bin/sh',
    execArgv: ['-c', limited, 'sh', process.execPath, ...flags],
  });
}
