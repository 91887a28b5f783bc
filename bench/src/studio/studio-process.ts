import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { WinnowError } from '@winnow/contracts';
import type { ImageWindow } from '@winnow/contracts';
import { processTree, readProcess, statFields, TICKS_A_SECOND } from '../harness/process-tree';
import { WINNOW } from '../harness/workspace';

/** A studio that runs as a person starts it. */
export interface StudioProcess {
  readonly origin: string;
  /** What a person opens. */
  readonly link: string;
  /** From the start of the program to its link. */
  readonly linkMillis: number;
  /** What is now in memory, bytes. */
  residentBytes(): number;
  /** The most that was in memory since `forgetPeak`, bytes; Linux only. */
  peakBytes(): number;
  forgetPeak(): void;
  /** What all processes below it have in memory now, bytes. */
  childrenBytes(): number;
  /** User and system time so far. */
  cpuMillis(): number;
  /** @throws WinnowError INTERNAL for an answer that is no 200 */
  get(address: string): Promise<Buffer>;
  /** @throws as get */
  json<T>(address: string): Promise<T>;
  /** @throws as get */
  post<T>(address: string, body: object): Promise<T>;
  /** The first list waits for the columns to be read. @throws as get, in the end */
  untilRead(address: string): Promise<ImageWindow>;
  /** As Ctrl-C does. @returns how long it took, milliseconds, and the exit code */
  stop(): Promise<{ readonly millis: number; readonly exitCode: number | null }>;
}

const REQUEST_MILLIS = 60_000;
const READ_ATTEMPTS = 60;

/**
 * Starts `winnow studio` on a project.
 * @param databaseUrl empty: the embedded one
 * @throws WinnowError INTERNAL where it prints no link
 */
export async function startStudioProcess(file: string, signal: AbortSignal, databaseUrl = ''): Promise<StudioProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [WINNOW, 'studio', file, '--no-open', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: databaseUrl },
    signal,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  // Ctrl-C ends it by the signal.
  child.on('error', () => undefined);
  const pid = child.pid ?? Number.NaN;
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
  const ask = async (address: string, init: RequestInit = {}): Promise<Buffer> => {
    const response = await fetch(`${origin}${address}`, {
      ...init,
      headers: { ...headers, ...init.headers },
      signal: AbortSignal.timeout(REQUEST_MILLIS),
    });
    const body = Buffer.from(await response.arrayBuffer());
    if (response.ok) return body;
    throw new WinnowError('INTERNAL', `${response.status}: ${body.toString().slice(0, 200)}`, { where: address });
  };
  const json = async <T>(address: string, init?: RequestInit): Promise<T> =>
    JSON.parse((await ask(address, init)).toString()) as T;
  return {
    origin,
    link,
    linkMillis,
    residentBytes: () => readProcess(pid)?.rssBytes ?? Number.NaN,
    peakBytes: () => readProcess(pid)?.peakBytes ?? Number.NaN,
    // 5 sets the mark of the most that was in memory to what there is now (proc(5)).
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    childrenBytes: () =>
      processTree(pid).reduce((sum, one) => sum + (one === pid ? 0 : readProcess(one)?.rssBytes || 0), 0),
    cpuMillis() {
      const fields = statFields(pid) ?? [];
      return ((Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND) * 1000;
    },
    get: (address) => ask(address),
    json: (address) => json(address),
    post: (address, body) =>
      json(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async untilRead(address) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await json<ImageWindow>(address);
        } catch (error) {
          if (attempt === READ_ATTEMPTS) throw error;
        }
      }
    },
    async stop() {
      const stoppedAt = performance.now();
      child.kill('SIGINT');
      const [exitCode] = await exited;
      return { millis: performance.now() - stoppedAt, exitCode };
    },
  };
}
