import path from 'node:path';
import type { GroupStatus, ProjectStatus } from '@winnow/db';
import { durationText } from '@winnow/runs';
import type { ProgressRecord } from '@winnow/runs';

const KINDS = { list: 'listing', fetch: 'fetching' } as const;

/** A project's status for people. @param unfinishedRuns trainings that were begun and not ended */
export function statusReport(status: ProjectStatus, unfinishedRuns: number): readonly string[] {
  const { crawl } = status;
  return [
    `hits     ${status.hits}`,
    `fetched  ${
      Object.entries(status.outcomes)
        .map(([outcome, count]) => `${outcome} ${count}`)
        .join(' · ') || 'nothing yet'
    }`,
    `pending  ${status.pending}`,
    `images   ${status.images}`,
    `crawl    ${crawl.state}${crawl.imagesPerSecond > 0 ? `, ${rate(status)}` : ''}`,
    ...jobLines(status),
    ...table('engine', crawl.perEngine),
    ...table('class', crawl.perClass),
    ...crawl.perEngine.flatMap(({ name, suspendedUntil, reason }) =>
      suspendedUntil === null ? [] : [`  ${name} is left alone until ${suspendedUntil} (${reason ?? 'unreachable'})`],
    ),
    ...crawl.workers.map(({ id, jobsDone, imagesDone }) => `  worker ${id}: ${jobsDone} jobs, ${imagesDone} URLs`),
    `builds   ${
      status.builds
        .map(
          ({ id, sampleCount, forgotten }) =>
            `${id} (${sampleCount}${forgotten > 0 ? `, ${forgotten} to forget` : ''})`,
        )
        .join(', ') || 'none yet'
    }`,
    `splits   ${status.splits}`,
    `runs     ${status.runs} finished${unfinishedRuns === 0 ? '' : `, ${unfinishedRuns} unfinished`}`,
  ];
}

/** A command that trains. */
export interface TrainingStatus {
  readonly command: string;
  readonly pid: number;
  /** Folder of the run; null while none has begun. */
  readonly run: string | null;
  readonly progress: ProgressRecord | null;
}

/** What trains now, for people. */
export function describeTraining({ command, pid, run, progress }: TrainingStatus): string {
  const who = `\`${command}\` (process ${pid})`;
  if (run === null || progress === null) return `training ${who}: reads data and asks the teacher, or waits for others`;
  const { done, total, unit, detail, secondsLeft } = progress;
  const parts = [
    `${done}${total === null ? '' : ` of ${total}`} ${unit}`,
    ...(detail === '' ? [] : [detail]),
    ...(secondsLeft === null ? [] : [`about ${durationText(secondsLeft * 1000)} left`]),
  ];
  return `training ${who}: ${path.basename(run)}, ${parts.join(', ')}`;
}

/** The same, as far as it changes during a crawl, on one line. */
export function statusLine(status: ProjectStatus, at: string): string {
  const { crawl } = status;
  const done = crawl.perEngine.reduce((sum, group) => sum + group.done, 0);
  const failed = crawl.perEngine.reduce((sum, group) => sum + group.failed, 0);
  const running = crawl.jobs.list.running + crawl.jobs.fetch.running;
  return [
    at.slice(11, 19),
    `${status.pending} queued`,
    `${running} jobs under way`,
    `${done} done`,
    `${failed} failed`,
    rate(status),
    `${crawl.workers.length} workers`,
  ].join(' · ');
}

function rate({ crawl }: ProjectStatus): string {
  const { imagesPerSecond, etaSeconds } = crawl;
  return `${imagesPerSecond} images/s${etaSeconds === null || etaSeconds === 0 ? '' : `, ${duration(etaSeconds)} left`}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function jobLines({ crawl }: ProjectStatus): readonly string[] {
  return (['list', 'fetch'] as const).flatMap((kind) => {
    const { queued, running, dead } = crawl.jobs[kind];
    if (queued + running + dead === 0) return [];
    return [
      `  ${KINDS[kind].padEnd(8)} ${running} jobs under way, ${queued} queued${dead > 0 ? `, ${dead} given up` : ''}`,
    ];
  });
}

function table(kind: string, groups: readonly GroupStatus[]): readonly string[] {
  if (groups.length === 0) return [];
  const width = Math.max(kind.length, ...groups.map(({ name }) => name.length));
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `  ${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
  return [
    line(kind, ['queued', 'done', 'failed']),
    ...groups.map(({ name, queued, done, failed }) => line(name, [queued, done, failed])),
  ];
}
