import path from 'node:path';
import { withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { startLineProcess } from '../harness/line-process';
import { TYPESCRIPT_HOOK } from '../harness/workspace';

/** The images' web, in a process of its own: its work is nobody's. */
export interface BenchWebProcess {
  readonly port: number;
  readonly urls: readonly string[];
  /** Search texts; each lists `perClass` images, the last one what is left. */
  readonly classes: readonly string[];
  readonly perClass: number;
  /** Host name to 127.0.0.1:PORT, for `harvest.resolve`. */
  readonly resolve: Readonly<Record<string, string>>;
  /** Width, height (pixels) and bytes of each image. */
  readonly images: readonly (readonly [number, number, number])[];
  /** Requests for images so far. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}

/** Where images are drawn to, below the cache; a change of how they are drawn needs a new name. */
export const BENCH_IMAGES = 'bench-images/v1-seed1';

const SERVER = path.join(__dirname, 'serve-bench-web.ts');

type Listening = Omit<BenchWebProcess, 'requests' | 'stop'>;

/**
 * Draws images into the folder where they are not there yet, and serves them; ends with this process.
 * @throws WinnowError INTERNAL when it ends before it listens, INTERRUPTED
 */
export async function startBenchWebProcess(
  { folder, images }: { readonly folder: string; readonly images: number },
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<BenchWebProcess> {
  const args = ['-r', TYPESCRIPT_HOOK, SERVER, '--folder', folder, '--images', String(images)];
  const child = startLineProcess('The web of the benchmark', { command: process.execPath, args }, io.signal);
  const shown = { label: 'draw images', total: images, unit: 'images' };
  const listening = await withProgress(io.progress, shown, async (task) => {
    for (;;) {
      const message = await child.next<Listening | { readonly drawn: number }>();
      if (!('drawn' in message)) return message;
      task.update(message.drawn);
    }
  }).catch((error: unknown) => {
    child.kill();
    throw error;
  });
  return {
    ...listening,
    async requests() {
      child.send('count');
      return (await child.next<{ readonly imageRequests: number }>()).imageRequests;
    },
    stop: () => child.stop(),
  };
}
