import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { ProgramCall } from './run-json';

/** A process that prints JSON, one a line, and ends when its stdin does. */
export interface LineProcess {
  /** @param text written as a line to its stdin */
  send(text: string): void;
  /** Its next line. @throws WinnowError INTERNAL where it has ended, INTERRUPTED */
  next<T>(): Promise<T>;
  /** Ends its stdin and waits for it. */
  stop(): Promise<void>;
  kill(): void;
}

const KEPT_OUTPUT = 2000;

/** @param name what it is, for errors */
export function startLineProcess(
  name: string,
  { command, args, cwd, env }: ProgramCall,
  signal: AbortSignal,
): LineProcess {
  const child = spawn(command, [...args], { cwd, env: env && { ...env }, stdio: ['pipe', 'pipe', 'pipe'], signal });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  let said = '';
  let cause: unknown;
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-KEPT_OUTPUT)));
  child.on('error', (error) => (cause = error));
  // Whoever writes to a child that has gone finds no next line.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    send: (text) => void child.stdin.write(`${text}\n`),
    async next<T>() {
      const line = await lines.next();
      if (line.done !== true) return JSON.parse(line.value) as T;
      await ended;
      // Ctrl-C on a terminal ends the child too.
      requireUninterrupted(signal, 'The benchmark was stopped', { next: 'Run it again.' });
      throw new WinnowError('INTERNAL', `${name} ended: ${said.trim().split('\n').at(-1) || 'without a word'}`, {
        where: [command, ...args].join(' '),
        next: 'Run it by hand to see all of its message.',
        cause,
      });
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
    kill: () => void child.kill(),
  };
}
