import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireUninterrupted, WinnowError } from '@winnow/contracts';

/** A program to run to its end. */
export interface ProgramCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const MAX_OUTPUT = 1 << 28;

/**
 * Runs a program whose last line on stdout is JSON.
 * @param input written to its stdin
 * @throws WinnowError INTERNAL with the last line on stderr where it fails, INTERRUPTED
 */
export async function runJson<T>(
  { command, args, cwd, env }: ProgramCall,
  { signal, input = '' }: { readonly signal: AbortSignal; readonly input?: string },
): Promise<T> {
  const options = { signal, maxBuffer: MAX_OUTPUT, cwd, env: env && { ...env } };
  const running = promisify(execFile)(command, [...args], options);
  // A program that has gone shows in its exit.
  running.child.stdin?.on('error', () => undefined).end(input);
  try {
    return JSON.parse((await running).stdout.trim().split('\n').at(-1) ?? '') as T;
  } catch (error) {
    requireUninterrupted(signal, 'The benchmark was stopped', { next: 'Run it again.' });
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (error as Error).message;
    throw new WinnowError('INTERNAL', `A program of the benchmark failed: ${said}`, {
      where: [command, ...args].join(' ').slice(0, 500),
      next: 'Run it by hand to see all that it says.',
      cause: error,
    });
  }
}
