import { WinnowError } from './winnow-error';
import type { WinnowErrorOptions } from './winnow-error';

/** What a command line command looks like to the front door; apps export a list of these. */
export interface CommandSpec {
  readonly name: string;
  /** One line for `winnow --help`. */
  readonly summary: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Whole command lines, shown under `--help`. */
  readonly examples?: readonly string[];
  /** Subcommands, as in `winnow teacher train`; a command with these has no run of its own. */
  readonly subcommands?: readonly CommandSpec[];
  /** Does the work. Heavy modules are imported inside, so that --help stays fast. */
  run?(input: CommandInput, io: CommandIo): Promise<CommandResult>;
}

export interface ArgumentSpec {
  /** `project`, shown as <project>; with `variadic`, <project...>. */
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly variadic?: boolean;
}

export interface OptionSpec {
  /** commander syntax: `--epochs <n>`, `--force`. */
  readonly flags: string;
  readonly description: string;
  /** `list` takes items between commas; `repeated` takes one item, commas and all, each time it is given. */
  readonly type: 'boolean' | 'string' | 'integer' | 'number' | 'list' | 'repeated';
  readonly choices?: readonly string[];
  /** Least value of a number. */
  readonly min?: number;
  readonly default?: string | number | boolean;
}

export interface CommandInput {
  /** Positional values by argument name; a variadic one is a list. */
  readonly arguments: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Option values by camelCase name, already of the type that the spec states. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The world as a command sees it. */
export interface CommandIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Aborted by Ctrl-C: stop at the next safe point and throw `INTERRUPTED` with how to go on; where answers are all that a
   * command makes, give those that are there as done in part.
   */
  readonly signal: AbortSignal;
  /** One line for the person, on stderr. */
  log(line: string): void;
  readonly progress: ProgressSink;
  /** Prints now what a command that goes on for long has to say, in place of its result. */
  announce?(told: Pick<CommandResult, 'json' | 'text'>): void;
}

/** Draws a bar on a terminal, a line every 10 s elsewhere. */
export interface ProgressSink {
  start(task: { readonly label: string; readonly total?: number; readonly unit: string }): ProgressTask;
}

export interface ProgressTask {
  /** @param detail short, such as `loss 0.31` */
  update(done: number, detail?: string): void;
  /** Once, whatever came of the work: `withProgress` sees to it. Default: done. */
  end(how?: 'done' | 'stopped'): void;
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface CommandResult {
  /** 0 done, 1 failed, 3 done in part. */
  readonly exitCode: 0 | 1 | 3;
  /** The one object that --json prints on stdout. */
  readonly json: { readonly [key: string]: JsonValue };
  /** Lines for stdout without --json. */
  readonly text: readonly string[];
}

const UNSEEN: ProgressTask = { update: () => undefined, end: () => undefined };

/** Shows a task while `work` is at it and ends it whatever comes: a bar that is left keeps a terminal's process alive. */
export async function withProgress<T>(
  sink: ProgressSink | undefined,
  task: Parameters<ProgressSink['start']>[0],
  work: (shown: ProgressTask) => Promise<T>,
): Promise<T> {
  const shown = sink?.start(task) ?? UNSEEN;
  let how: 'done' | 'stopped' = 'stopped';
  try {
    const result = await work(shown);
    how = 'done';
    return result;
  } finally {
    shown.end(how);
  }
}

/**
 * Between two steps of long work: goes on unless the person asked to stop.
 * @param message what was stopped
 * @throws WinnowError INTERRUPTED
 */
export function requireUninterrupted(
  signal: AbortSignal | undefined,
  message: string,
  options: WinnowErrorOptions = { next: 'Run the same command again.' },
): void {
  if (signal?.aborted === true) throw new WinnowError('INTERRUPTED', message, options);
}
