import type { CommandSpec } from '@winnow/contracts';
import { benchCommand } from './bench';
import { compareCommand } from './compare';
import { embedCommand } from './embed';
import { evaluateCommand } from './evaluate';
import { exportCommand } from './export';
import { modelsCommand } from './models';
import { predictCommand } from './predict';
import { runsCommand } from './runs';
import { splitCommand } from './split';
import { studentCommand } from './student';
import { teacherCommand } from './teacher';
import { trainCommand } from './train';

/** What this app adds to the command line. */
export const commands: readonly CommandSpec[] = [
  benchCommand,
  compareCommand,
  embedCommand,
  evaluateCommand,
  exportCommand,
  modelsCommand,
  predictCommand,
  runsCommand,
  splitCommand,
  studentCommand,
  teacherCommand,
  trainCommand,
];
