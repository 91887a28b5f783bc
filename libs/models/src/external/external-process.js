'use strict';
/**
 * Runs somebody's network in a process of its own: the main thread watches, a second one computes, which it leaves only when
 * it is done. Plain JavaScript: it needs nothing of the workspace. Its messages are described in external-session.ts.
 */
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

const WATCH_MILLIS = 20;

if (isMainThread) watch();
else void serve(workerData);

function watch() {
  let maxBytes = Infinity;
  // Does not wait for the other thread, as process.exit would.
  const end = () => process.kill(process.pid, 'SIGKILL');
  const thread = new Worker(__filename, { workerData: null });
  thread.on('message', (reply) => process.send(reply));
  process.on('message', (request) => {
    maxBytes = request.maxBytes;
    const buffer = request.values?.buffer;
    // Small ones lie in a buffer that others share.
    thread.postMessage(request, buffer?.byteLength > Buffer.poolSize ? [buffer] : []);
  });
  process.on('disconnect', end);
  // Ctrl-C reaches the whole process group; winnow decides how long a started batch may go on.
  process.on('SIGINT', () => undefined);
  setInterval(() => {
    if (process.memoryUsage.rss() <= maxBytes) return;
    maxBytes = Infinity;
    process.send({ exceeded: 'memory' }, end);
  }, WATCH_MILLIS);
}

function serve() {
  let run;
  parentPort.on('message', (request) => {
    void output(request).then(
      (outputs) => parentPort.postMessage({ outputs }),
      (error) => parentPort.postMessage({ failure: error instanceof Error ? error.message : String(error) }),
    );
  });

  async function output({ start, values, shape }) {
    if (start === undefined) return run(values, shape);
    run = start.kind === 'onnx' ? await openOnnx(start) : require(start.script)(start);
    return [];
  }
}

async function openOnnx({ model, outputs, input, isHalf, threads }) {
  const { InferenceSession, Tensor } = require('onnxruntime-node');
  const session = await InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    // Errors only; they arrive as exceptions too.
    logSeverityLevel: 3,
    extra: {
      session: {
        // Threads that wait must not take the cores of the other engine.
        intra_op: { allow_spinning: '0' },
        // Without it an x86 that has no VNNI adds two products of int8 in 16 bits, which saturate.
        x64quantprecision: '1',
      },
    },
  });
  return async (values, shape) => {
    const images = new Tensor(isHalf ? 'float16' : 'float32', values, shape);
    const found = await session.run({ [input]: images }, outputs);
    return outputs.map((name) => plain(name, found[name]));
  };
}

function plain(name, tensor) {
  const { type, data, dims } = tensor ?? {};
  if (type === 'float32') return { values: data, shape: dims };
  // Of later versions of Node a Float16Array, which is its bits for whoever reads them.
  if (type === 'float16') return { values: new Uint16Array(data.buffer, data.byteOffset, data.length), shape: dims };
  throw new Error(`the output ${name} is of type ${type ?? 'nothing'}, not float32 or float16`);
}
