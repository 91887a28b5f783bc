'use strict';
/**
 * Loaded before winnow by `-r`: writes the longest stall of the main thread's event loop and the processor time to the file that
 * WINNOW_PROBE_FILE names, once a second and at the end, so that a process that is killed leaves its last state. SIGUSR2 forgets
 * the stalls so far.
 */
const { writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { isMainThread } = require('node:worker_threads');

const file = process.env.WINNOW_PROBE_FILE;
// Children of the victim inherit NODE_OPTIONS, not `-r`; its threads do get `-r`.
if (file && isMainThread) {
  const RESOLUTION_MILLIS = 5;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLIS });
  // Loading the program itself is no stall that external input causes.
  setImmediate(() => setImmediate(() => delay.enable()));
  const write = () => {
    const { user, system } = process.cpuUsage();
    writeFileSync(
      file,
      JSON.stringify({
        longestStallMillis: delay.count === 0 ? 0 : Math.max(0, delay.max / 1e6 - RESOLUTION_MILLIS),
        cpuSeconds: (user + system) / 1e6,
      }),
    );
  };
  process.on('SIGUSR2', () => delay.reset());
  setInterval(write, 1000).unref();
  process.on('exit', write);
}
