import type { CommandSpec } from '@winnow/contracts';
import type { CommandLine, ListedCommand } from './build-program';
import { COMMAND_GROUPS, COMMAND_TABLE } from './command-table';
import type { CommandEntry } from './command-table';

/**
 * Loads the commands of an app by name. The front door knows apps by name only: it imports none of them,
 * so that `--help` stays fast and no app depends on another.
 */
async function loadCommands(app: CommandEntry['app']): Promise<readonly CommandSpec[]> {
  if (app === 'winnow') return (await import('./commands')).commands;
  const packageName = `@winnow/${app}`;
  return ((await import(packageName)) as { commands: readonly CommandSpec[] }).commands;
}

/** @throws Error when the table and an app disagree (a spec guards against it) */
export async function loadCommand({ name, app }: CommandEntry): Promise<CommandSpec> {
  const found = (await loadCommands(app)).find((command) => command.name === name);
  if (found === undefined) throw new Error(`app ${app} exports no command ${name}`);
  return found;
}

/** `winnow`: the commands of all apps, group by group. */
export const WINNOW_LINE: CommandLine<CommandEntry & ListedCommand> = {
  name: 'winnow',
  description: 'Shrink a big image classifier into a small one, without the data that trained it.',
  commands: Object.entries(COMMAND_GROUPS).flatMap(([group, heading]) =>
    COMMAND_TABLE.filter((entry) => entry.group === group).map((entry) => ({ ...entry, heading })),
  ),
  load: loadCommand,
};
