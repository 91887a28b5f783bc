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

/** @throws Error when the table and the app disagree (a spec guards against it) */
export async function loadCommand(entry: CommandEntry): Promise<CommandSpec> {
  const found = (await loadCommands(entry.app)).find(({ name }) => name === entry.name);
  if (found === undefined) throw new Error(`app ${entry.app} exports no command ${entry.name}`);
  return found;
}
