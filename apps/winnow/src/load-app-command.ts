import type { CommandSpec } from '@winnow/contracts';
import type { CommandEntry } from './command-table';

/**
 * Loads a command of another app. The front door knows apps by name only: it imports none of them, so that `--help`
 * stays fast and no app depends on another.
 * @throws Error as findCommand
 */
export async function loadAppCommand(entry: CommandEntry): Promise<CommandSpec> {
  const packageName = `@winnow/${entry.app}`;
  return findCommand(entry, ((await import(packageName)) as { commands: readonly CommandSpec[] }).commands);
}

/** @throws Error when the table and an app disagree (a spec guards against it) */
export function findCommand({ name, app }: CommandEntry, commands: readonly CommandSpec[]): CommandSpec {
  const found = commands.find((command) => command.name === name);
  if (found === undefined) throw new Error(`app ${app} exports no command ${name}`);
  return found;
}
