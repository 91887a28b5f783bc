import { collectReport } from './collect-report';
import { createCommands } from './commands';

export { renderReport } from './render-report';
export type { ReportData } from './report-data';

/** What this app adds to the command line. */
export const commands = createCommands(collectReport);
