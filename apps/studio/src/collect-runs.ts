import type { JsonValue } from '@winnow/contracts';
import { findRun } from '@winnow/runs';
import type { RunRecord } from '@winnow/runs';
import type { ProjectRecords } from './project-records';
import type { RunReport } from './report-data';

/** Finished runs with their curves; one whose folder is gone is shown without. */
export async function collectRuns({ config, runRows }: ProjectRecords): Promise<readonly RunReport[]> {
  return Promise.all(
    runRows.map(async ({ identity, folder, summary }) => {
      const record = await findRun(config.paths.runs, identity);
      return {
        name: folder,
        summary,
        metrics: record?.metrics ?? [],
        parameters: summary.parameters ?? null,
        settings: record === null ? null : settingsOf(record),
      };
    }),
  );
}

/** Equal for runs that differ in their seed only. */
function settingsOf({ config, manifest }: Pick<RunRecord, 'config' | 'manifest'>): string {
  const { train, ...rest } = config as { readonly train?: Readonly<Record<string, JsonValue>> };
  const { seed: _seed, ...course } = train ?? {};
  return JSON.stringify([rest, course, manifest.teacherDigest]);
}
