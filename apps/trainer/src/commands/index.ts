import type { CommandSpec } from '@winnow/contracts';
import { benchReviewCommand } from './bench-review';
import { benchSplitCommand } from './bench-split';
import { benchWorldCommand } from './bench-world';
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

/** Whether winnow is right, on worlds of known truth. */
const benchCommand: CommandSpec = {
  name: 'bench',
  summary: 'Measure splits and students on worlds of known truth (speed beside others: `npm run bench` in the clone)',
  arguments: [],
  options: [],
  subcommands: [benchReviewCommand, benchSplitCommand, benchWorldCommand],
};

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
