import { availableParallelism } from 'node:os';
import path from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { nearNames } from '../near-names';
import { readOnnxFile, withOutputs } from './foreign-onnx-file';
import type { OnnxAnswer, OnnxQuestion, OnnxReady, OnnxStart, OnnxTensor } from './foreign-onnx-messages';
import type { ForeignRunner } from './foreign-runner';

const FLOAT32 = 1;
/** No batch takes this long: the thread is lost. */
const LONGEST_RUN_MILLIS = 600_000;

/**
 * An ONNX model by onnxruntime, on a thread of its own: its `run` gives a promise, and whoever asks a teacher waits.
 * @param outputs any tensors that its graph computes
 * @throws WinnowError FORMAT_INVALID, also where it takes something other than one float32 input; TEACHER_MISMATCH
 *   naming outputs that it does not have
 */
export async function openOnnx(bytes: Uint8Array, outputs: readonly string[], where: string): Promise<ForeignRunner> {
  const { inputs, outputs: given, computed } = readOnnxFile(bytes, where);
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1 || input.type !== FLOAT32) {
    const found = inputs.map(({ name, type }) => `${name} (type ${type})`).join(', ') || 'none';
    throw new WinnowError('FORMAT_INVALID', `The model must take one float32 input, not ${found}`, {
      where,
      next: 'Export it with pictures as its only input, in float32.',
    });
  }
  requireOutputs(outputs, { known: [...given, ...computed], given, where });
  const model = withOutputs(
    bytes,
    [...new Set(outputs)].filter((name) => !given.includes(name)),
  );
  const session = new OnnxSession({ model, outputs, input: input.name, where });
  await session.ready;
  return { inputShape: input.shape, run: (images) => session.run(images), dispose: () => session.dispose() };
}

function requireOutputs(
  wanted: readonly string[],
  { known, given, where }: { known: readonly string[]; given: readonly string[]; where: string },
): void {
  const missing = wanted.filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  const near = missing.flatMap((name) => nearNames(name, known));
  throw new WinnowError('TEACHER_MISMATCH', `The model has no output ${missing.join(', ')}`, {
    where,
    next: `It gives ${given.slice(0, 10).join(', ')}${near.length > 0 ? `; near: ${near.join(', ')}` : ''}.`,
  });
}

class OnnxSession {
  readonly ready: Promise<void>;
  readonly #where: string;
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  #broken: string | null = null;

  constructor({ where, ...start }: Pick<OnnxStart, 'model' | 'outputs' | 'input'> & { readonly where: string }) {
    const { port1, port2 } = new MessageChannel();
    const threads = availableParallelism();
    this.#where = where;
    this.#port = port1;
    this.#port.unref();
    this.#thread = new Worker(path.join(__dirname, 'foreign-onnx-thread.js'), {
      workerData: { ...start, threads, port: port2, flag: this.#flag } satisfies OnnxStart,
      transferList: [port2],
    });
    this.ready = this.#awaitReady();
  }

  /** Blocks until the thread has answered. */
  run(images: tf.Tensor4D): tf.Tensor[] {
    if (this.#broken !== null) throw this.#failure(this.#broken);
    const values = (images.dataSync() as Float32Array).slice();
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage({ values, shape: images.shape } satisfies OnnxQuestion, [values.buffer]);
    Atomics.wait(this.#flag, 0, 0, LONGEST_RUN_MILLIS);
    const answer = receiveMessageOnPort(this.#port)?.message as OnnxAnswer | undefined;
    if (answer !== undefined && 'outputs' in answer) return answer.outputs.map(toTensor);
    if (answer === undefined) this.#broken = 'its thread no longer answers';
    throw this.#failure(answer?.failure ?? (this.#broken as string));
  }

  dispose(): void {
    this.#broken ??= 'it was disposed of';
    this.#port.close();
    void this.#thread.terminate();
  }

  async #awaitReady(): Promise<void> {
    const thread = this.#thread;
    const said = await new Promise<OnnxReady>((resolve) => {
      thread.once('message', resolve);
      thread.on('error', (error) => {
        this.#broken ??= error.message;
        resolve({ failure: error.message });
      });
      thread.once('exit', () => resolve({ failure: 'its thread ended' }));
    });
    // A process that has nothing else to do ends, and the thread with it.
    thread.unref();
    if ('ready' in said) return;
    this.dispose();
    throw new WinnowError('FORMAT_INVALID', `onnxruntime does not load the model: ${said.failure.slice(0, 500)}`, {
      where: this.#where,
      next: 'Export it for operators that onnxruntime knows.',
    });
  }

  #failure(reason: string): WinnowError {
    return new WinnowError('TEACHER_MISMATCH', `The ONNX model does not answer: ${reason.slice(0, 500)}`, {
      where: this.#where,
      next: 'Check layout and size of its input.',
    });
  }
}

function toTensor({ values, shape }: OnnxTensor): tf.Tensor {
  return tf.tensor(values, [...shape], 'float32');
}
