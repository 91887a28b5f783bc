import { compareText, WinnowError } from '@winnow/contracts';
import type { StudioRunDetail, StudioRuns } from '@winnow/contracts';
import type { ProjectConfig } from '@winnow/config';
import { listTrainings } from '@winnow/db';
import { findRunsAtWork, hasTestAnswers, readEvaluation, RunFollower } from '@winnow/runs';
import type { RunRecord } from '@winnow/runs';
import { describeRun, describeRunDetail, runId } from './describe-run';
import { studioGroups } from './run-groups';
import type { MeasuredRun } from './run-groups';

/** The runs of a project as their folders tell of them; asked again, only what came since is read. */
export class ProjectRuns {
  readonly #project: string;
  readonly #follower: RunFollower;

  constructor({ name, paths }: Pick<ProjectConfig, 'name' | 'paths'>) {
    this.#project = name;
    this.#follower = new RunFollower(paths.runs);
  }

  /** Newest first. @throws WinnowError as listRuns */
  async list(): Promise<StudioRuns> {
    const runs = await this.#measured();
    const groups = studioGroups(runs);
    const groupOf = new Map(groups.flatMap(({ key, runs: ids }) => ids.map((id) => [id, key] as const)));
    const atWork = await this.#atWork(runs);
    return {
      runs: runs.map(({ record, evaluation }) =>
        describeRun(record, {
          evaluation,
          progress: atWork.get(record.folder) ?? null,
          group: groupOf.get(runId(record)) ?? null,
        }),
      ),
      groups,
      teacherAccuracy:
        runs.find(({ record }) => record.summary?.teacherAccuracy)?.record.summary?.teacherAccuracy ?? null,
    };
  }

  /** @throws WinnowError MISSING_INPUT where there is none of that name */
  async detail(id: string): Promise<StudioRunDetail> {
    const runs = await this.#measured();
    const { record, evaluation } = runNamed(runs, id);
    const group = studioGroups(runs).find(({ runs: ids }) => ids.includes(id))?.key ?? null;
    const progress = (await this.#atWork(runs)).get(record.folder) ?? null;
    return describeRunDetail(record, { evaluation, progress, group, hasAnswers: await hasTestAnswers(record.folder) });
  }

  /** Folder of a run. @throws WinnowError MISSING_INPUT where there is none of that name */
  async folderOf(id: string): Promise<string> {
    return runNamed(await this.#measured(), id).record.folder;
  }

  /** Its record. @throws WinnowError MISSING_INPUT where there is none of that name */
  async recordOf(id: string): Promise<RunRecord> {
    return runNamed(await this.#measured(), id).record;
  }

  async #measured(): Promise<readonly MeasuredRun[]> {
    const records = (await this.#follower.list()).filter(({ manifest }) => manifest.project === this.#project);
    records.sort((a, b) => compareText(b.manifest.startedAt, a.manifest.startedAt) || compareText(b.folder, a.folder));
    return Promise.all(
      records.map(async (record) => ({
        record,
        evaluation: record.finished ? await readEvaluation(record.folder) : null,
      })),
    );
  }

  async #atWork(runs: readonly MeasuredRun[]): ReturnType<typeof findRunsAtWork> {
    const unfinished = runs.map(({ record }) => record).filter(({ finished }) => !finished);
    if (unfinished.length === 0) return new Map();
    return findRunsAtWork(unfinished, await listTrainings(this.#follower.rootDir));
  }
}

function runNamed(runs: readonly MeasuredRun[], id: string): MeasuredRun {
  const found = runs.find(({ record }) => runId(record) === id);
  if (found !== undefined) return found;
  throw new WinnowError('MISSING_INPUT', `There is no run ${id} of this project`, {
    next: 'Look at the list of runs: its folder may have been removed.',
  });
}
