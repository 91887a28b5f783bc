import path from 'node:path';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const { startLineProcess } = requireTypeScript('bench/src/harness/line-process.ts');
const { TYPESCRIPT_HOOK } = requireTypeScript('bench/src/harness/workspace.ts');

/**
 * The crowd's web in a process of its own. It ends with this one.
 * @param {{ images: number, hosts: number, classes: number, seed: number }} size
 */
export async function startCrowdProcess(size) {
  const words = ['images', 'hosts', 'classes', 'seed'].flatMap((name) => [`--${name}`, String(size[name])]);
  const args = ['-r', TYPESCRIPT_HOOK, path.join(import.meta.dirname, 'crowd/serve-crowd-web.ts'), ...words];
  const child = startLineProcess("The crowd's web", { command: process.execPath, args }, new AbortController().signal);
  const { port, resolve, classes, truth } = await child.next();
  return {
    resolve,
    classes,
    truth,
    /** What the server saw, by the politeness that was promised. */
    async counts({ delayMillis, perHost, toleranceMillis }) {
      const limits = new URLSearchParams({ delayMillis, perHost, toleranceMillis });
      return (await fetch(`http://127.0.0.1:${port}/counts?${limits}`)).json();
    },
    stop: child.stop,
  };
}
