import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { WinnowError } from '@winnow/contracts';
import { statFields, TICKS_A_SECOND } from '../harness/process-tree';
import { WINNOW } from '../harness/workspace';

/** A studio that runs as a person starts it. */
export interface StudioProcess {
  readonly origin: string;
  /** With its key, as a person opens it. */
  readonly link: string;
  /** From the start of the program to its link. */
  readonly linkMillis: number;
  /** What is now in memory, bytes. */
  residentBytes(): number;
  /** User and system time so far. */
  cpuMillis(): number;
  /** @throws WinnowError INTERNAL for an answer that is no 200 */
  get(address: string): Promise<Buffer>;
  /** As Ctrl-C does. @returns how long it took, milliseconds, and the exit code */
  stop(): Promise<{ readonly millis: number; readonly exitCode: number | null }>;
}

const REQUEST_MILLIS = 60_000;

/** Starts `winnow studio` on a project. @throws WinnowError INTERNAL where it prints no link */
export async function startStudioProcess(file: string, signal: AbortSignal): Promise<StudioProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [WINNOW, 'studio', file, '--no-open', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: '' },
    signal,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  // Ctrl-C ends it by the signal.
  child.on('error', () => undefined);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const line = await Promise.race([
    createInterface({ input: child.stdout })
      [Symbol.asyncIterator]()
      .next()
      .then(({ value }) => value as string | undefined),
    exited.then(() => undefined),
  ]);
  const linkMillis = performance.now() - startedAt;
  if (line === undefined)
    throw new WinnowError('INTERNAL', `The studio printed no link: ${said.trim()}`, { where: file });
  const { port, link } = JSON.parse(line) as { port: number; link: string };
  const origin = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${new URL(link).hash.replace('#key=', '')}` };
  return {
    origin,
    link,
    linkMillis,
    residentBytes: () =>
      Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    cpuMillis() {
      const fields = statFields(child.pid ?? 'self') ?? [];
      return ((Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND) * 1000;
    },
    async get(address) {
      const response = await fetch(`${origin}${address}`, { headers, signal: AbortSignal.timeout(REQUEST_MILLIS) });
      const body = Buffer.from(await response.arrayBuffer());
      if (response.ok) return body;
      throw new WinnowError('INTERNAL', `${response.status}: ${body.toString().slice(0, 200)}`, { where: address });
    },
    async stop() {
      const stoppedAt = performance.now();
      child.kill('SIGINT');
      const [exitCode] = await exited;
      return { millis: performance.now() - stoppedAt, exitCode };
    },
  };
}
