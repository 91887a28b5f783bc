import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const { processTree, readProcess } = requireTypeScript('bench/src/harness/process-tree.ts');

const PROBE = path.join(import.meta.dirname, 'stall-probe.cjs');
const SAMPLE_MILLIS = 50;
const KEPT_CHARACTERS = 4000;

/**
 * @typedef {object} Measured
 * @property {number | null} code exit code
 * @property {string | null} signal that ended it
 * @property {boolean} timedOut whether it was killed at the time limit
 * @property {number} wallSeconds
 * @property {number} cpuSeconds of the process and all its children
 * @property {number} baseMegabytes resident memory when the hostile part began; 0 where nothing told
 * @property {number} peakMegabytes largest resident memory of the process and its children together since then, sampled
 * @property {number} longestStallMillis of the main thread's event loop since then
 * @property {string} stdout first characters
 * @property {string} stderr last characters
 */

/**
 * Runs winnow as a process of its own and measures it. Needs Linux's /proc.
 * @param {readonly string[]} args
 * @param {{ cwd: string, checkout?: string, env?: Record<string, string>, timeoutSeconds?: number, begin?: Promise<unknown>,
 *   signal?: { name: NodeJS.Signals, afterSeconds: number } }} options
 *   checkout: another clone to measure instead of this one; begin: when the hostile part begins: what came before, as the start of
 *   the embedded database (some 900 MB and 2 s), counts for neither memory nor stalls; signal: sent to the process, once
 * @returns {Promise<Measured>}
 */
export async function measureWinnow(args, { cwd, checkout = ROOT, env = {}, timeoutSeconds = 300, begin, signal }) {
  const probeFile = path.join(cwd, `probe-${process.pid}-${performance.now()}.json`);
  const startMillis = performance.now();
  const child = spawn(process.execPath, ['-r', PROBE, path.join(checkout, 'apps/winnow/bin/winnow.js'), ...args], {
    cwd,
    env: {
      ...process.env,
      DATABASE_URL: '',
      WINNOW_LOOPBACK_ONLY: '1',
      NODE_OPTIONS: '',
      ...env,
      WINNOW_PROBE_FILE: probeFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout = `${stdout}${chunk}`.slice(0, 50 * KEPT_CHARACTERS)));
  child.stderr.on('data', (chunk) => (stderr = `${stderr}${chunk}`.slice(-KEPT_CHARACTERS)));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));

  let settled;
  void ended.then((exit) => (settled = exit));
  const tree = new TreeGauge(child.pid);
  void begin?.then(() => {
    tree.begin();
    child.kill('SIGUSR2');
  });
  const signalTimer = signal && setTimeout(() => child.kill(signal.name), signal.afterSeconds * 1000);
  let timedOut = false;
  while (settled === undefined) {
    tree.sample();
    if (!timedOut && performance.now() - startMillis > timeoutSeconds * 1000) {
      timedOut = true;
      tree.kill();
    }
    await Promise.race([ended, wait(SAMPLE_MILLIS)]);
  }
  clearTimeout(signalTimer);
  const probe = readProbe(probeFile);
  return {
    ...settled,
    timedOut,
    wallSeconds: (performance.now() - startMillis) / 1000,
    cpuSeconds: Math.max(tree.cpuSeconds(), probe.cpuSeconds),
    baseMegabytes: tree.baseMegabytes,
    peakMegabytes: tree.peakMegabytes,
    longestStallMillis: probe.longestStallMillis,
    stdout,
    stderr,
  };
}

/** Memory and time of a process and all that it starts. */
class TreeGauge {
  baseMegabytes = 0;
  peakMegabytes = 0;
  /** Last known time of each process that was seen. */
  #cpuSeconds = new Map();

  constructor(pid) {
    this.pid = pid;
  }

  sample() {
    let bytes = 0;
    for (const pid of processTree(this.pid)) {
      const reading = readProcess(pid);
      if (reading === undefined || Number.isNaN(reading.rssBytes)) continue;
      bytes += reading.rssBytes;
      this.#cpuSeconds.set(pid, reading.cpuSeconds);
    }
    this.peakMegabytes = Math.max(this.peakMegabytes, bytes / 2 ** 20);
  }

  begin() {
    this.peakMegabytes = 0;
    this.sample();
    this.baseMegabytes = this.peakMegabytes;
  }

  cpuSeconds() {
    return [...this.#cpuSeconds.values()].reduce((sum, seconds) => sum + seconds, 0);
  }

  kill() {
    for (const pid of processTree(this.pid)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

function readProbe(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { longestStallMillis: Number.NaN, cpuSeconds: 0 };
  }
}
