import { findRun } from '@winnow/runs';
import type { ProjectRecords } from './project-records';
import type { RunReport } from './report-data';

/** Finished runs with their curves; one whose folder is gone is shown without. */
export async function collectRuns({ config, runRows }: ProjectRecords): Promise<readonly RunReport[]> {
  return Promise.all(
    runRows.map(async ({ identity, folder, summary }) => ({
      name: folder,
      summary,
      metrics: (await findRun(config.paths.runs, identity))?.metrics ?? [],
      parameters: summary.parameters ?? null,
    })),
  );
}
