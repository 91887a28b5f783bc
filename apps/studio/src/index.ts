import { collectReport } from './report/collect-report';
import { createCommands } from './report/report-command';
import { reviewCommand } from './decisions/review-command';
import { studioCommand } from './server/studio-command';

export { renderReport } from './report/render-report';
export type { ReportData } from './report/report-data';

/** What this app adds to the command line. */
export const commands = [...createCommands(collectReport), studioCommand, reviewCommand];
