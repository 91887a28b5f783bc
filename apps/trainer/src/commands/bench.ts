import type { CommandSpec } from '@winnow/contracts';
import { benchSplitCommand } from './bench-split';
import { benchWorldCommand } from './bench-world';

/** Whether winnow is right, on worlds of known truth. */
export const benchCommand: CommandSpec = {
  name: 'bench',
  summary: 'Measure splits and students on worlds of known truth (speed beside others: `npm run bench` in the clone)',
  arguments: [],
  options: [],
  subcommands: [benchSplitCommand, benchWorldCommand],
};
