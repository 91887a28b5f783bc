import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { durationText, percentText } from '@winnow/runs';
import type { ProjectRun } from '../student/project-runs';

export const runsCommand: CommandSpec = {
  name: 'runs',
  summary: 'List the students of a project: settings, accuracy, state, which is newest and which best',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [],
  examples: ['winnow runs birds.yaml'],
  async run(input, io) {
    const { loadProject } = await import('@winnow/config');
    const { listProjectRuns } = await import('../student/project-runs');
    const file = String(input.arguments['project']);
    const config = await loadProject(file, { cwd: io.cwd, env: io.env });
    const runs = (await listProjectRuns(config)).filter(({ project }) => project === config.name);
    return {
      exitCode: 0,
      json: { runs: runs as unknown as JsonValue },
      text: runs.length === 0 ? [`No run yet: \`winnow train ${file}\`.`] : table(runs),
    };
  },
};

const HEADINGS = ['run', 'method', 'model', 'epochs', 'batch', 'seed', 'accuracy', 'agreement', 'state'];
/** Columns of numbers. */
const RIGHT = new Set([3, 4, 5, 6, 7]);

function table(runs: readonly ProjectRun[]): string[] {
  const rows = [HEADINGS, ...runs.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function cells(run: ProjectRun): string[] {
  const { name, method, model, epochs, batch, seed, accuracy, agreement } = run;
  const marks = [...(run.isNewest ? ['newest'] : []), ...(run.isBest ? ['best'] : [])];
  const fraction = (value: number | null): string => percentText(value, { unknown: '-' });
  return [
    ...[name, method, model ?? '-', String(epochs ?? '-'), String(batch ?? '-'), String(seed)],
    ...[fraction(accuracy), fraction(agreement), [describeState(run), ...marks].join(', ')],
  ];
}

function describeState({ isFinished, epochsDone, progress }: ProjectRun): string {
  if (isFinished) return 'finished';
  if (progress === null) return `unfinished, ${epochsDone} epochs done`;
  const { done, total, unit, secondsLeft } = progress;
  const left = secondsLeft === null ? '' : `, ${durationText(secondsLeft * 1000)} left`;
  return `at work, ${done}${total === null ? '' : ` of ${total}`} ${unit}${left}`;
}
