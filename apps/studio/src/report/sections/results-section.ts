import { spreadText } from '@winnow/runs';
import type { Spread } from '@winnow/runs';

import { whiskerBar } from '../../html/charts';
import { dataTable } from '../../html/data-table';
import type { Column } from '../../html/data-table';
import { html } from '../../html/markup';
import type { Markup, MarkupValue } from '../../html/markup';
import { count, duration, percent, plural } from '../../html/number-format';
import type { ReportData, TeacherReport } from '../report-data';
import { groupName, groupRuns } from '../result-groups';
import type { ResultGroup } from '../result-groups';
import { block } from './section';
import type { ReportSection } from './section';

/** How good the students are, beside their teacher. */
export function resultsSection({ runs, teacher }: Pick<ReportData, 'runs' | 'teacher'>): ReportSection {
  const groups = groupRuns(runs);
  const perClass = perClassTable(groups);
  const notes = notesByRun(groups);
  const body = html`${resultBars(groups, teacher)} ${block('All figures', resultTable(groups, teacher))}
  ${perClass !== null && block('Accuracy by class', perClass)}
  ${
    notes.length > 0 &&
    block(
      'Notes',
      html`<ul>
        ${notes.map(([of, note]) => html`<li><b>${of}</b>: ${note}</li>`)}
      </ul>`,
    )
  }`;
  return { id: 'results', title: 'Results', body };
}

/** Every note once, with the methods that it is of; with their seeds where not all runs of a method have it. */
function notesByRun(groups: readonly ResultGroup[]): (readonly [string, string])[] {
  const notes = [...new Set(groups.flatMap(({ runs }) => runs.flatMap(({ summary }) => summary.notes)))];
  return notes.map((note) => {
    const of = groups.flatMap((group) => {
      const seeds = group.runs.flatMap(({ summary }) => (summary.notes.includes(note) ? [summary.seed] : []));
      if (seeds.length === 0) return [];
      const name = groupName(group, groups);
      if (seeds.length === group.runs.length) return [name];
      return [`${name}, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`];
    });
    return [of.join('; '), note] as const;
  });
}

function resultBars(groups: readonly ResultGroup[], teacher: TeacherReport | null): Markup {
  const tested = groups.some((group) => group.accuracy !== null);
  const mark = tested ? (teacher?.accuracy ?? null) : null;
  const rows = groups.flatMap((group) => {
    const value = tested ? group.accuracy : group.agreement;
    return value === null ? [] : [resultBar(group, value, mark)];
  });
  if (rows.length === 0) return html`<p class="soft">No run has been measured yet.</p>`;
  const measure = tested
    ? 'Accuracy on the test set'
    : 'Agreement with the teacher on held-out images (there is no test set)';
  return html`<p>
      ${measure}, mean over the
      seeds.${groups.some((group) => group.seeds.length > 1) && ' The whisker is one standard deviation to either side.'}${
        mark !== null && html` The dashed line is the teacher at <b>${percent(mark)}</b>.`
      }
    </p>
    <ol class="bars">
      ${rows}
    </ol>`;
}

function resultBar(group: ResultGroup, value: Spread, mark: number | null): Markup {
  return html`<li>
    <span class="step"
      ><b>${group.method}</b> <span class="soft">${group.model}, ${plural(group.seeds.length, 'seed')}</span></span
    >${whiskerBar(value.mean, value.sd, mark)}<span class="amount"><b>${measureText(value)}</b></span>
  </li> `;
}

function resultTable(groups: readonly ResultGroup[], teacher: TeacherReport | null): Markup {
  const agreement = groups.some((group) => group.agreement !== null);
  const splits = groups.some((group) => group.split !== null);
  const number = (heading: string): Column => ({ heading, align: 'number' });
  const columns: Column[] = [
    { heading: 'Method' },
    { heading: 'Model' },
    ...(splits ? [{ heading: 'Split' }] : []),
    number('Seeds'),
    number('Accuracy'),
    ...(agreement ? [number('Agreement')] : []),
    number('Parameters'),
    number('Epochs'),
    number('Time a run'),
    { heading: 'Engine' },
  ];
  const teacherRow: MarkupValue[] | null = teacher && [
    html`<b>teacher</b>`,
    teacher.model,
    ...(splits ? ['–'] : []),
    '–',
    teacher.accuracy === null ? '–' : percent(teacher.accuracy),
    ...(agreement ? ['–'] : []),
    teacher.parameters === null ? '–' : count(teacher.parameters),
    '–',
    '–',
    '–',
  ];
  const rows = groups.flatMap((group) => [
    groupRow(group, { agreement, splits }),
    ...seedRows(group, { agreement, splits }),
  ]);
  return dataTable({
    caption: 'Teacher and students',
    columns,
    groups: [{ rows: teacherRow === null ? rows : [teacherRow, ...rows] }],
  });
}

/** Columns that only some reports have. */
interface Extras {
  readonly agreement: boolean;
  readonly splits: boolean;
}

function groupRow(group: ResultGroup, { agreement, splits }: Extras): MarkupValue[] {
  return [
    html`<b>${group.method}</b>`,
    group.model,
    ...(splits ? [group.split ?? '–'] : []),
    group.seeds.length === 1 ? `seed ${group.seeds[0] ?? 0}` : count(group.seeds.length),
    html`<b>${measureText(group.accuracy)}</b>`,
    ...(agreement ? [html`<b>${measureText(group.agreement)}</b>`] : []),
    group.parameters === null ? '–' : count(group.parameters),
    count(group.epochs),
    duration(group.seconds.mean),
    group.engine,
  ];
}

/** The single runs of a group, where there is more than one. */
function seedRows(group: ResultGroup, { agreement, splits }: Extras): MarkupValue[][] {
  if (group.runs.length < 2) return [];
  return group.runs.map(({ summary }) => [
    html`<span class="sub">${group.method}</span>`,
    '',
    ...(splits ? [''] : []),
    `seed ${summary.seed}`,
    summary.accuracy === null ? '–' : percent(summary.accuracy),
    ...(agreement ? [summary.agreement === null ? '–' : percent(summary.agreement)] : []),
    '',
    '',
    duration(summary.seconds),
    '',
  ]);
}

function measureText(value: Spread | null): string {
  return value === null ? '–' : `${spreadText(value, 1)}\u00a0%`;
}

function perClassTable(groups: readonly ResultGroup[]): Markup | null {
  const measured = groups.filter((group) => Object.keys(group.perClass).length > 0);
  if (measured.length === 0) return null;
  const classes = [...new Set(measured.flatMap((group) => Object.keys(group.perClass)))];
  const columns: Column[] = [
    { heading: 'Class' },
    ...measured.map((group): Column => ({ heading: groupName(group, measured), align: 'number' })),
  ];
  const rows = classes.map((name): MarkupValue[] => {
    const values = measured.map((group) => group.perClass[name]);
    const best = Math.max(...values.map((value) => value ?? 0));
    return [name, ...values.map((value) => perClassCell(value, value === best && measured.length > 1))];
  });
  return dataTable({ caption: 'Accuracy by class, mean over the seeds', columns, groups: [{ rows }] });
}

function perClassCell(value: number | undefined, best: boolean): Markup {
  if (value === undefined) return html`–`;
  return html`<span class="cell"
    >${best ? html`<b>${percent(value)}</b>` : percent(value)}${whiskerBar(value, null, null)}</span
  >`;
}
