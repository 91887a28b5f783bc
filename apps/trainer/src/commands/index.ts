import type { CommandSpec } from '@winnow/contracts';
import { benchCommand } from './bench';
import { embedCommand } from './embed';
import { evaluateCommand } from './evaluate';
import { modelsCommand } from './models';
import { predictCommand } from './predict';
import { splitCommand } from './split';
import { teacherCommand } from './teacher';
import { trainCommand } from './train';

/** What this app adds to the command line. */
export const commands: readonly CommandSpec[] = [
  benchCommand,
  embedCommand,
  evaluateCommand,
  modelsCommand,
  predictCommand,
  splitCommand,
  teacherCommand,
  trainCommand,
];
