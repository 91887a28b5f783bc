import type { CommandInput, CommandIo, CommandResult } from '@winnow/contracts';
import { COMMAND_TABLE } from '../command-table';
import { loadAppCommand } from '../load-app-command';

/** The path of a project, in order. */
export const STEPS = ['crawl', 'build', 'split', 'train', 'evaluate', 'report'] as const;
export type StepName = (typeof STEPS)[number];

/** Runs a step's command (or `teacher check`) in this process, as if it had been typed. */
export async function runStep(
  step: StepName | 'teacher check',
  project: string,
  io: CommandIo,
  options: Readonly<Record<string, unknown>> = {},
): Promise<CommandResult> {
  return runCommand(step, { arguments: { project }, options }, io);
}

/** Runs a command, or `command subcommand`, of another app; options that are not given have their defaults. */
export async function runCommand(
  named: string,
  { arguments: values, options }: CommandInput,
  io: CommandIo,
): Promise<CommandResult> {
  const [command, subcommand] = named.split(' ');
  const entry = COMMAND_TABLE.find(({ name }) => name === command);
  const whole = entry === undefined ? undefined : await loadAppCommand(entry);
  const spec = subcommand === undefined ? whole : whole?.subcommands?.find(({ name }) => name === subcommand);
  if (spec?.run === undefined) throw new Error(`no command ${named}`);
  const defaults = Object.fromEntries(
    spec.options
      .filter((option) => option.default !== undefined)
      .map((option) => [camelCase(option.flags), option.default]),
  );
  return spec.run({ arguments: values, options: { ...defaults, ...options } }, io);
}

function camelCase(flags: string): string {
  const long = /--([a-z-]+)/.exec(flags)?.[1] ?? flags;
  return long.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
