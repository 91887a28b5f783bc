import type { CommandSpec } from '@winnow/contracts';
import type { CommandEntry } from './command-table';

/**
 * Loads the commands of an app by name. The front door knows apps by name only: it imports none of them,
 * so that `--help` stays fast and no app depends on another.
 */
export async function loadCommands(app: CommandEntry['app']): Promise<readonly CommandSpec[]> {
  if (app === 'winnow') return (await import('./commands')).commands;
  const packageName = `@winnow/${app}`;
  return ((await import(packageName)) as { commands: readonly CommandSpec[] }).commands;
}

/**
 * A command with the subcommands of every app that has some.
 * @throws Error when the table and an app disagree (a spec guards against it)
 */
export async function loadCommand({ name, app, alsoApp }: CommandEntry): Promise<CommandSpec> {
  const command = await loadOwnCommand(name, app);
  if (alsoApp === undefined) return command;
  const other = await loadOwnCommand(name, alsoApp);
  return { ...command, subcommands: [...(command.subcommands ?? []), ...(other.subcommands ?? [])] };
}

async function loadOwnCommand(name: string, app: CommandEntry['app']): Promise<CommandSpec> {
  const found = (await loadCommands(app)).find((command) => command.name === name);
  if (found === undefined) throw new Error(`app ${app} exports no command ${name}`);
  return found;
}
