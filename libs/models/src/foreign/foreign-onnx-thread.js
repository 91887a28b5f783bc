'use strict';
/**
 * Runs an ONNX model on a thread of its own. Plain JavaScript: a worker thread starts without the main thread's hook for
 * TypeScript, and this one needs nothing of the workspace. Its messages are described in foreign-onnx-messages.ts.
 */
const { parentPort, workerData } = require('node:worker_threads');
const { InferenceSession, Tensor } = require('onnxruntime-node');

const { model, outputs, input, threads, port, flag } = workerData;

void start();

async function start() {
  try {
    const session = await InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      // Errors only; they arrive as exceptions too.
      logSeverityLevel: 3,
      // Threads that wait must not take the cores of the other engine.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    port.on('message', (question) => void answer(session, question));
    parentPort.postMessage({ ready: true });
  } catch (error) {
    parentPort.postMessage({ failure: messageOf(error) });
  }
}

async function answer(session, { values, shape }) {
  let result;
  try {
    const given = await session.run({ [input]: new Tensor('float32', values, shape) }, outputs);
    result = { outputs: outputs.map((name) => plain(name, given[name])) };
  } catch (error) {
    result = { failure: messageOf(error) };
  }
  port.postMessage(result);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

function plain(name, tensor) {
  if (tensor?.type !== 'float32') {
    throw new Error(`the output ${name} is of type ${tensor?.type ?? 'nothing'}, not float32`);
  }
  return { values: tensor.data, shape: tensor.dims };
}

function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
