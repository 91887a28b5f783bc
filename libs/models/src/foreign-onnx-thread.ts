import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxAnswer, OnnxQuestion, OnnxReady, OnnxStart, OnnxTensor } from './foreign-onnx-messages';

const { model, outputs, input, threads, port, flag } = workerData as OnnxStart;
const parent = parentPort as MessagePort;

void start();

async function start(): Promise<void> {
  try {
    const session = await InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      // Errors only; they arrive as exceptions too.
      logSeverityLevel: 3,
      // Threads that wait must not take the cores of the other engine.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    port.on('message', (question: OnnxQuestion) => void answer(session, question));
    parent.postMessage({ ready: true } satisfies OnnxReady);
  } catch (error) {
    parent.postMessage({ failure: messageOf(error) } satisfies OnnxReady);
  }
}

async function answer(session: InferenceSession, { values, shape }: OnnxQuestion): Promise<void> {
  let result: OnnxAnswer;
  try {
    const given = await session.run({ [input]: new Tensor('float32', values, shape) }, [...outputs]);
    result = { outputs: outputs.map((name) => plain(name, given[name])) };
  } catch (error) {
    result = { failure: messageOf(error) };
  }
  port.postMessage(result);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

function plain(name: string, tensor: Tensor | undefined): OnnxTensor {
  if (tensor?.type !== 'float32') {
    throw new Error(`the output ${name} is of type ${tensor?.type ?? 'nothing'}, not float32`);
  }
  return { values: tensor.data as Float32Array, shape: tensor.dims };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
