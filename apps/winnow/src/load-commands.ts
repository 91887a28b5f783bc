import type { CommandSpec } from '@winnow/contracts';
import type { CommandLine, ListedCommand } from './build-program';
import { COMMAND_GROUPS, COMMAND_TABLE } from './command-table';
import type { CommandEntry } from './command-table';
import { findCommand, loadAppCommand } from './load-app-command';

/** Loads a command, of this app or another. @throws Error as findCommand */
export async function loadCommand(entry: CommandEntry): Promise<CommandSpec> {
  return entry.app === 'winnow' ? findCommand(entry, (await import('./commands')).commands) : loadAppCommand(entry);
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
