import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { float32ToHalves, halvesToFloat32 } from '../formats/half-floats';
import { type ExternalLimits, externalLimits, limitExceeded } from './external-limits';

/** What the thread that passes messages on to the process of an ONNX model starts with. */
interface NetworkThreadData {
  readonly port: MessagePort;
  /** Raised to 1 after every reply: the main thread sleeps on it. */
  readonly flag: Int32Array;
  /** In which limits of time are counted. */
  readonly steps: number;
}

/** What the process may use for one request. */
interface NetworkLimits {
  readonly maxMillis: number;
  /** Resident memory of the whole process. */
  readonly maxBytes: number;
}

/** The first request, with the network: the reply to it has no outputs. */
interface OnnxStart {
  readonly start: {
    readonly kind: 'onnx';
    readonly model: Uint8Array;
    /** Names of the outputs to fetch, in the order of every reply. */
    readonly outputs: readonly string[];
    readonly input: string;
    /** It takes float16. */
    readonly isHalf: boolean;
    readonly threads: number;
  };
}

/** The first request with a TF.js network, which is tried only: no reply has outputs. */
interface TfjsStart {
  readonly start: {
    readonly kind: 'tfjs-layers' | 'tfjs-graph';
    /** What computes it: TFJS_ONCE of @winnow/tensor. */
    readonly script: string;
    readonly json: Readonly<Record<string, unknown>>;
    readonly weights: Uint8Array;
    readonly outputs: readonly string[];
  };
}

export type NetworkStart = OnnxStart['start'] | TfjsStart['start'];

export interface NetworkTensor {
  /** Bits of float16 in a Uint16Array. */
  readonly values: Float32Array | Uint16Array;
  readonly shape: readonly number[];
}

/** Images in, outputs out. */
type NetworkRequest = ({ readonly start: NetworkStart } | NetworkTensor) & NetworkLimits;

export type NetworkReply =
  | { readonly outputs: readonly NetworkTensor[] }
  | { readonly failure: string }
  /** The process was ended. */
  | { readonly exceeded: 'time' | 'memory' };

/** For a batch that was started before Ctrl-C: most are done by then, and training can save its checkpoint. */
const GRACE_MILLIS = 2000;
/** A limit is counted in so many steps: a standstill of this program, and of the network's process with it, is one of them. */
const STEPS = 60;
/** The thread between answers itself when the time is up. */
const THREAD_MILLIS = 10_000;

/**
 * Somebody's network in a process of its own, which is ended where it exceeds its limits, with this process, and at Ctrl-C.
 * Whoever asks it waits: a thread passes questions on, and the main thread sleeps until it has the answer.
 */
export class NetworkSession {
  readonly #where: string;
  readonly #limits: ExternalLimits;
  readonly #modelBytes: number;
  readonly #isHalf: boolean;
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  #broken: WinnowError | null = null;

  /** @throws WinnowError FORMAT_INVALID where its runtime does not load it; TEACHER_MISMATCH beyond the limits; INTERRUPTED */
  constructor(start: NetworkStart, where: string, limits = externalLimits()) {
    const { port1, port2 } = new MessageChannel();
    this.#where = where;
    this.#limits = limits;
    this.#modelBytes = (start.kind === 'onnx' ? start.model : start.weights).length;
    this.#isHalf = start.kind === 'onnx' && start.isHalf;
    this.#port = port1;
    this.#port.unref();
    this.#thread = new Worker(path.join(__dirname, 'external-thread.js'), {
      workerData: { port: port2, flag: this.#flag, steps: STEPS } satisfies NetworkThreadData,
      transferList: [port2],
    });
    // What is wrong with the thread shows in the missing reply. A process that has nothing else to do ends, and both with it.
    this.#thread.on('error', () => undefined).unref();
    const reply = this.#ask({ start }, { images: 0, inputBytes: 0 });
    if ('outputs' in reply) return;
    this.#end(
      new WinnowError(
        'FORMAT_INVALID',
        `${start.kind === 'onnx' ? 'onnxruntime' : 'tfjs'} does not load the model: ${reply.failure.slice(0, 500)}`,
        {
          where,
          next: 'Export it for operators that are known there.',
        },
      ),
    );
  }

  /**
   * @returns the outputs that it was opened for; the caller disposes or tidies
   * @throws WinnowError TEACHER_MISMATCH where it does not answer, or takes more than its limits; INTERRUPTED
   */
  run(images: tf.Tensor4D): tf.Tensor[] {
    if (this.#broken !== null) throw this.#broken;
    const given = images.dataSync() as Float32Array;
    const values = this.#isHalf ? float32ToHalves(given) : given.slice();
    const size = { images: images.shape[0], inputBytes: given.byteLength };
    const reply = this.#ask({ values, shape: images.shape }, size);
    if ('outputs' in reply) return reply.outputs.map(toTensor);
    throw this.#failure(reply.failure);
  }

  dispose(): void {
    this.#broken ??= this.#failure('it was disposed of');
    this.#port.close();
    // Its process sees that nobody is there any more.
    void this.#thread.terminate();
  }

  #ask(
    question: { readonly start: NetworkStart } | NetworkTensor,
    { images, inputBytes }: { readonly images: number; readonly inputBytes: number },
  ): Exclude<NetworkReply, { readonly exceeded: unknown }> {
    const maxMillis = this.#limits.maxMillis;
    const maxBytes = this.#limits.maxBytes(this.#modelBytes, inputBytes);
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage({ ...question, maxMillis, maxBytes } satisfies NetworkRequest);
    const outcome = waitInterruptibly(this.#flag, maxMillis + THREAD_MILLIS);
    if (outcome === 'interrupted') this.#afterInterrupt();
    const reply = receiveMessageOnPort(this.#port)?.message as NetworkReply | undefined;
    if (reply === undefined) return this.#end(this.#failure('its thread no longer answers'));
    if ('exceeded' in reply) {
      return this.#end(limitExceeded(reply.exceeded, { maxMillis, maxBytes, images }, this.#where));
    }
    return reply;
  }

  /** Tells the handlers, which had no turn, and lets the batch end; a second Ctrl-C ends it at once, as one without handlers. */
  #afterInterrupt(): void {
    if (!process.emit('SIGINT', 'SIGINT')) process.kill(process.pid, 'SIGINT');
    if (Atomics.load(this.#flag, 0) === 1) return;
    const outcome = waitInterruptibly(this.#flag, GRACE_MILLIS);
    if (outcome === 'notified') return;
    if (outcome === 'interrupted') process.emit('SIGINT', 'SIGINT');
    this.#end(new WinnowError('INTERRUPTED', 'The teacher was stopped while it computed', { where: this.#where }));
  }

  #end(error: WinnowError): never {
    this.#broken = error;
    this.dispose();
    throw error;
  }

  #failure(reason: string): WinnowError {
    return new WinnowError('TEACHER_MISMATCH', `The model does not answer: ${reason.slice(0, 500)}`, {
      where: this.#where,
      next: 'Check layout and size of its input.',
    });
  }
}

function toTensor({ values, shape }: NetworkTensor): tf.Tensor {
  return tf.tensor(values instanceof Uint16Array ? halvesToFloat32(values) : values, [...shape], 'float32');
}

const WAIT = `
  let outcome = 'timed-out';
  for (let left = steps; left > 0 && outcome === 'timed-out'; left -= 1) outcome = Atomics.wait(flag, 0, 0, stepMillis);
  outcome`;

/**
 * Sleeps until another thread notifies `flag[0]`, which is 0 until then, and lets signals end the sleep: Ctrl-C wakes it,
 * and SIGTERM, which no handler could see meanwhile, has its default effect, the end of the process.
 * @returns `interrupted` after Ctrl-C, whose handlers have not been called
 */
function waitInterruptibly(flag: Int32Array, maxMillis: number): 'notified' | 'timed-out' | 'interrupted' {
  const handlers = process.rawListeners('SIGTERM') as ((signal: NodeJS.Signals) => void)[];
  process.removeAllListeners('SIGTERM');
  try {
    const context = createContext({ flag, stepMillis: maxMillis / STEPS, steps: STEPS });
    const outcome: unknown = runInContext(WAIT, context, { breakOnSigint: true });
    return outcome === 'timed-out' ? 'timed-out' : 'notified';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return 'interrupted';
    throw error;
  } finally {
    for (const handler of handlers) process.on('SIGTERM', handler);
  }
}
