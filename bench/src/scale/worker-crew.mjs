import { spawn } from 'node:child_process';
import path from 'node:path';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const { readProcess } = requireTypeScript('bench/src/harness/process-tree.ts');

const WINNOW = path.join(ROOT, 'apps/winnow/bin/winnow.js');
const KEPT_LOG = 4000;

/** Starts `winnow` as a process of its own. */
export function startWinnow(args, { databaseUrl, cwd }) {
  return spawn(process.execPath, [WINNOW, ...args], {
    cwd,
    env: { ...process.env, DATABASE_URL: databaseUrl, WINNOW_LOOPBACK_ONLY: '1', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * A number of `winnow worker`s that work until nothing is left.
 * @param {{ databaseUrl: string, folder: string, stateDir: string }} place
 */
export function startCrew(count, place) {
  /** All that were ever started. */
  const workers = [];
  const start = () => {
    const child = startWinnow(['worker', '--until-idle', '--state', place.stateDir, '--json'], {
      databaseUrl: place.databaseUrl,
      cwd: place.folder,
    });
    const worker = { pid: child.pid, child, samples: [], last: undefined, exit: undefined, killed: false, log: '' };
    child.stdout.resume();
    child.stderr.on('data', (chunk) => (worker.log = (worker.log + chunk).slice(-KEPT_LOG)));
    worker.ended = new Promise((resolve) =>
      child.on('close', (code, signal) => {
        worker.exit = { code, signal };
        resolve();
      }),
    );
    workers.push(worker);
  };
  const living = () => workers.filter(({ exit, killed }) => exit === undefined && !killed);
  for (let index = 0; index < count; index += 1) start();
  return {
    workers,
    living,
    /** Ends one without warning, and starts another in its place. */
    replace(worker) {
      worker.killed = true;
      worker.child.kill('SIGKILL');
      start();
    },
    /** Notes memory and time of the living. @param progress of the crawl, 0 to 1 */
    gauge(progress) {
      for (const worker of living()) {
        const reading = readProcess(worker.pid);
        if (reading === undefined || Number.isNaN(reading.rssBytes)) continue;
        worker.last = reading;
        worker.samples.push({ progress, rssBytes: reading.rssBytes });
      }
    },
    killAll() {
      for (const { child } of workers) child.kill('SIGKILL');
    },
    async settled() {
      // Those that were started meanwhile too.
      for (let index = 0; index < workers.length; index += 1) await workers[index].ended;
    },
  };
}
