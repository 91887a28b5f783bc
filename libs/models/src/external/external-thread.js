'use strict';
/**
 * Passes questions on to the process that runs an ONNX model, while the main thread sleeps until the flag is raised. Plain
 * JavaScript: a worker thread starts without the main thread's hook for TypeScript. Its messages are described in
 * external-session.ts.
 */
const { fork } = require('node:child_process');
const path = require('node:path');
const { workerData } = require('node:worker_threads');

const { port, flag, steps } = workerData;
const child = fork(path.join(__dirname, 'external-process.js'), [], {
  serialization: 'advanced',
  execArgv: [],
  // onnxruntime's remarks arrive as exceptions too.
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
});
let timer;
/** Why the process is gone. */
let ended;

child.on('message', reply);
child.on('error', (error) => end({ failure: error.message }));
child.on('exit', (code, signal) => end({ failure: `its process ended (${signal ?? `exit code ${code}`})` }));
port.on('message', (request) => {
  if (ended !== undefined) return reply(ended);
  let left = steps;
  timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    child.kill('SIGKILL');
    end({ exceeded: 'time' });
  }, request.maxMillis / steps);
  // What cannot be sent shows in the end of the process.
  child.send(request, () => undefined);
});

function end(reason) {
  ended ??= reason;
  reply(ended);
}

function reply(message) {
  if ('exceeded' in message) ended ??= message;
  // Nobody waits: it is told with the next question.
  if (timer === undefined) return;
  clearInterval(timer);
  timer = undefined;
  // Not copied: all that a network computed on the way may be some hundred megabytes.
  const buffers = new Set((message.outputs ?? []).map(({ values }) => values.buffer));
  port.postMessage(
    message,
    [...buffers].filter(({ byteLength }) => byteLength > Buffer.poolSize),
  );
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}
