import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../ensure-dependencies.mjs';

/**
 * The crowd's web in a process of its own. It ends with this one.
 * @param {{ images: number, hosts: number, classes: number, seed: number }} size
 */
export async function startCrowdProcess(size) {
  const child = spawn(
    process.execPath,
    [
      '-r',
      path.join(ROOT, 'apps/winnow/bin/register-typescript.js'),
      path.join(ROOT, 'libs/testing/src/crowd-web/serve-crowd-web.ts'),
      ...['images', 'hosts', 'classes', 'seed'].flatMap((name) => [`--${name}`, String(size[name])]),
    ],
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => {
      throw new Error(`The crowd's web ended with ${code}`);
    }),
  ]);
  const { port, resolve, classes, truth } = JSON.parse(line);
  return {
    resolve,
    classes,
    truth,
    /** What the server saw, by the politeness that was promised. */
    async counts({ delayMillis, perHost, toleranceMillis }) {
      const limits = new URLSearchParams({ delayMillis, perHost, toleranceMillis });
      return (await fetch(`http://127.0.0.1:${port}/counts?${limits}`)).json();
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
