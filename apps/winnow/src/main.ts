import { CommanderError } from 'commander';
import type { CommandIo, CommandResult } from '@winnow/contracts';
import { createProgress, printableText } from '@winnow/runs';
import type { ProgressOutput } from '@winnow/runs';
import { buildProgram } from './build-program';
import type { Invocation } from './build-program';
import { COMMAND_TABLE } from './command-table';
import { loadCommand } from './load-commands';
import { toWinnowError } from './to-winnow-error';
import { version } from '../package.json';

/** The parts of `process` that the command line uses. */
export type MainProcess = Pick<NodeJS.Process, 'argv' | 'cwd' | 'env' | 'stdout' | 'stderr' | 'on' | 'off' | 'exit'>;

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done in part, 130 interrupted */
export async function main(process: MainProcess): Promise<number> {
  const args = process.argv.slice(2);
  let invocation: Invocation | undefined;
  const entry = COMMAND_TABLE.find(({ name }) => name === args.find((argument) => !argument.startsWith('-')));
  try {
    const program = buildProgram({
      version,
      active: entry === undefined ? undefined : { entry, spec: await loadCommand(entry) },
      onInvoke: (parsed) => {
        invocation = parsed;
      },
      write: (stream, text) => process[stream].write(text),
    });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const asked = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
    if (asked) return 0;
    if (args.includes('--json'))
      printError(process, { code: 'USAGE', message: error.message.replace(/^error: /, ''), where: null, next: null });
    return 2;
  }
  return invocation === undefined ? 2 : runInvocation(process, invocation);
}

async function runInvocation(process: MainProcess, invocation: Invocation): Promise<number> {
  const interrupt = new AbortController();
  const progress = createProgress({ stream: process.stderr, clock: Date });
  const onSignal = (): void => {
    // The second Ctrl-C does not wait for a safe point.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    progress.log('Stopping at the next safe point; press Ctrl-C again to stop at once.');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const result = await invocation.spec.run?.(invocation.input, createIo(process, interrupt.signal, progress));
    if (result === undefined) return 2;
    print(process, invocation, result);
    return result.exitCode;
  } catch (error) {
    return fail(process, invocation, error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function createIo(process: MainProcess, signal: AbortSignal, progress: ProgressOutput): CommandIo {
  return {
    cwd: process.cwd(),
    env: process.env,
    signal,
    log: (line) => progress.log(line),
    progress,
  };
}

function print(process: MainProcess, invocation: Invocation, result: CommandResult): void {
  const text = invocation.json ? JSON.stringify(result.json) : printableText(result.text.join('\n'));
  if (text !== '') process.stdout.write(`${text}\n`);
}

function fail(process: MainProcess, invocation: Invocation, error: unknown): number {
  const problem = toWinnowError(error);
  process.stderr.write(`error: ${printableText(problem.toLine())}\n`);
  if (invocation.debug) process.stderr.write(`${printableText((error as Error).stack ?? String(error))}\n`);
  if (invocation.json) {
    const { code, message, where = null, next = null } = problem;
    printError(process, { code, message, where, next });
  }
  return problem.exitCode;
}

/** The one object of --json when there is no result. */
function printError(
  process: MainProcess,
  error: Readonly<Record<'code' | 'message' | 'where' | 'next', string | null>>,
): void {
  process.stdout.write(`${JSON.stringify({ error })}\n`);
}
