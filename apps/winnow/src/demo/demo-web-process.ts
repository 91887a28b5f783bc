import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { WinnowError } from '@winnow/contracts';

/** The loopback web of the demo, in a process of its own: the crawler meets it over HTTP only. */
export interface DemoWebProcess {
  /** Host name to 127.0.0.1:PORT, for `harvest.resolve`. */
  readonly resolve: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const WORKSPACE = path.resolve(__dirname, '../../../..');
const HOOK = path.join(WORKSPACE, 'apps/winnow/bin/register-typescript.js');
const SERVER = path.join(WORKSPACE, 'libs/testing/src/serve-demo-web.ts');

/**
 * Starts the web; it ends when its standard input closes, so it never outlives this process.
 * @throws WinnowError INTERNAL when it ends before it listens
 */
export async function startDemoWebProcess(imagesDir: string): Promise<DemoWebProcess> {
  const child = spawn(process.execPath, ['-r', HOOK, SERVER, '--images', imagesDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const { resolve } = JSON.parse(line) as { resolve: Record<string, string> };
    child.stdout.resume();
    return {
      resolve,
      async stop() {
        child.stdin.end();
        await ended;
      },
    };
  }
  throw new WinnowError('INTERNAL', 'The web of the demo did not start', {
    where: SERVER,
    next: 'Run the demo again with --debug.',
  });
}
