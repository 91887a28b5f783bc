import { pid } from 'node:process';
import { CommanderError } from 'commander';
import type { CommandIo, CommandResult } from '@winnow/contracts';
import { createProgress, printableJson, printableText } from '@winnow/runs';
import type { ProgressOutput } from '@winnow/runs';
import { buildProgram } from './build-program';
import type { CommandLine, Invocation, ListedCommand } from './build-program';
import { WINNOW_LINE } from './load-commands';
import { jsonLog } from './json-log';
import { toWinnowError } from './to-winnow-error';
import { version } from '../package.json';

/** The parts of `process` that the command line uses. */
export type MainProcess = Pick<NodeJS.Process, 'argv' | 'cwd' | 'env' | 'stdout' | 'stderr' | 'on' | 'off' | 'exit'>;

type Streams = Pick<MainProcess, 'stdout' | 'stderr'>;

/** Runs one command line of winnow. @returns 0 done, 1 failed, 2 wrong usage, 3 done in part, 130 interrupted */
export function main(process: MainProcess): Promise<number> {
  return runCommandLine(process, WINNOW_LINE);
}

/** The same with other commands. @returns the exit code */
export async function runCommandLine<Listed extends ListedCommand>(
  process: MainProcess,
  line: CommandLine<Listed>,
): Promise<number> {
  const args = process.argv.slice(2);
  let invocation: Invocation | undefined;
  const listed = line.commands.find(({ name }) => name === args.find((argument) => !argument.startsWith('-')));
  try {
    const program = buildProgram({
      version,
      line,
      active: listed === undefined ? undefined : { listed, spec: await line.load(listed) },
      onInvoke: (parsed) => {
        invocation = parsed;
      },
      write: (stream, text) => write(process, stream, text),
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

/** What is printed for an error that ends the process on the side: a line where it is understood, else its stack. */
export function crashText(error: unknown): string {
  const problem = toWinnowError(error);
  if (problem.code !== 'INTERNAL') return `error: ${printableText(problem.toLine())}\n`;
  return `${printableText((error as Partial<Error> | null)?.stack ?? String(error))}\n`;
}

async function runInvocation(process: MainProcess, invocation: Invocation): Promise<number> {
  const streams = streamsOf(process, invocation.spec.name);
  const interrupt = new AbortController();
  const progress = createProgress({ stream: streams.stderr, clock: Date });
  const onSignal = (): void => {
    // The second Ctrl-C does not wait for a safe point.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    progress.log('Stopping at the next safe point; press Ctrl-C again to stop at once.');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    let isAnnounced = false;
    const announce: CommandIo['announce'] = (told) => {
      isAnnounced = true;
      print(streams, invocation, told);
    };
    const io = { ...createIo(process, interrupt.signal, progress), announce };
    const result = await invocation.spec.run?.(invocation.input, io);
    if (result === undefined) return 2;
    if (!isAnnounced) print(streams, invocation, result);
    return result.exitCode;
  } catch (error) {
    return fail(streams, invocation, error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** Where a command prints, with stderr as WINNOW_LOG asks for it. Any other value is the default: lines for people. */
function streamsOf({ env, stdout, stderr }: MainProcess, command: string): Streams {
  if (env['WINNOW_LOG'] !== 'json') return { stdout, stderr };
  return { stdout, stderr: jsonLog(stderr, { command, pid }) as MainProcess['stderr'] };
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

function print(streams: Streams, invocation: Invocation, result: Pick<CommandResult, 'json' | 'text'>): void {
  const text = invocation.json ? printableJson(result.json) : result.text.join('\n');
  if (text !== '') write(streams, 'stdout', `${text}\n`);
}

/** Characters of a problem that are shown: what it quotes may be of any length. */
const MAX_LINE = 4000;

function shortened(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)} ...` : line;
}

function fail(streams: Streams, invocation: Invocation, error: unknown): number {
  const problem = toWinnowError(error);
  const line = problem.toLine();
  write(streams, 'stderr', `error: ${shortened(line)}\n`);
  // An error of another copy of the class may have none.
  for (const more of problem.lines ?? []) write(streams, 'stderr', `  ${shortened(more)}\n`);
  if (invocation.debug) write(streams, 'stderr', `${(error as Error).stack ?? String(error)}\n`);
  if (invocation.json) {
    const { code, message, where = null, next = null, lines = [] } = problem;
    printError(streams, { code, message, where, next, ...(lines.length > 0 && { lines }) });
  }
  return problem.exitCode;
}

/** The one object of --json when there is no result. */
function printError(
  streams: Streams,
  error: Readonly<Record<'code' | 'message' | 'where' | 'next', string | null>> & {
    readonly lines?: readonly string[];
  },
): void {
  write(streams, 'stdout', `${printableJson({ error })}\n`);
}

/** Everything that is printed passes here: nothing that a command line, a file or the web says may steer the terminal. */
function write(streams: Streams, stream: 'stdout' | 'stderr', text: string): void {
  streams[stream].write(printableText(text));
}
