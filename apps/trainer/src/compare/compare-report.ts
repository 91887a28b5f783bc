import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { SPLIT_ROLES, STUDENT_ROLES, TRAIN_ROLES } from '@winnow/config';
import { settingsOfRoles } from '@winnow/contracts';
import type { JsonValue } from '@winnow/contracts';
import { writeFileAtomic } from '@winnow/files';
import { inlineText, percentText } from '@winnow/runs';
import type { PoolCorrections } from '../noise/corrections';
import { digestImages } from '../data/image-sets';
import type { OpenProject } from '../open-project';
import type { ComparedMethods, Comparison } from './compare-methods';
import { comparisonCells, comparisonRow, comparisonSvg } from './compare-table';

interface ComparisonFiles {
  readonly markdown: string;
  readonly json: string;
  readonly svg: string;
}

export interface ComparisonReport {
  /** Null where no run came to an end: an earlier table stays. */
  readonly files: ComparisonFiles | null;
  readonly record: { readonly [key: string]: JsonValue };
  /** For a terminal. */
  readonly text: readonly string[];
}

/** What a comparison is made of, beside what the project file says. */
interface ComparedInputs {
  readonly inputs: Pick<ComparedMethods['inputs'], 'build' | 'teacher' | 'engine' | 'test' | 'start'>;
  readonly corrections: Pick<PoolCorrections, 'digest'>;
}

/**
 * Writes table and plot of a comparison into the runs' folder, where any run came to an end; the same comparison has the
 * same names.
 */
export async function writeComparison(
  project: OpenProject,
  {
    comparison,
    inputs,
    corrections,
    compared,
  }: ComparedInputs & Pick<ComparedMethods, 'compared'> & { readonly comparison: Comparison },
): Promise<ComparisonReport> {
  const { config } = project;
  const rows = compared.map(comparisonRow);
  const cells = comparisonCells(rows);
  const failures = compared.flatMap(({ method, failures: found }) => found.map((failure) => ({ method, ...failure })));
  const teacherAccuracy = compared.flatMap(({ runs }) => runs.map(({ summary }) => summary.teacherAccuracy))[0] ?? null;
  const record = {
    project: config.name,
    build: inputs.build.digest,
    teacher: { digest: inputs.teacher?.digest ?? null, accuracy: teacherAccuracy },
    engine: inputs.engine.name,
    student: config.student.model,
    ...comparison,
    results: rows as unknown as JsonValue,
    runs: compared.flatMap(({ method, runs }) =>
      runs.map(({ seed, folder, identity, summary }) => {
        const { accuracy, agreement, seconds } = summary;
        return { method, seed, folder: path.basename(folder), identity, accuracy, agreement, seconds };
      }),
    ),
    failures,
  } as unknown as { readonly [key: string]: JsonValue };
  const reasons = failures.map(
    ({ method, seed, reason }) => `${method}${seed === null ? '' : `, seed ${seed}`}: ${oneLine(reason)}`,
  );
  const text = [...aligned(cells), ...teacherLine(teacherAccuracy), ...reasons];
  if (compared.every(({ runs }) => runs.length === 0)) return { files: null, record, text };
  const name = `compare-${digestOf(project, comparison, { inputs, corrections })}`;
  const at = (extension: string): string => path.join(config.paths.runs, `${name}.${extension}`);
  const files = { markdown: at('md'), json: at('json'), svg: at('svg') };
  await mkdir(config.paths.runs, { recursive: true });
  await writeFileAtomic(files.svg, comparisonSvg(compared, config.name));
  await writeFileAtomic(files.json, `${JSON.stringify(record, null, 2)}\n`);
  await writeFileAtomic(files.markdown, markdown(project, { cells, reasons, teacherAccuracy, plot: `${name}.svg` }));
  return { files, record, text };
}

/** Of what was asked for and learned from, not of what came out: asked again, the files are replaced. */
function digestOf(
  { config }: OpenProject,
  { methods, seeds }: Comparison,
  { inputs: { build, teacher, engine, test, start }, corrections }: ComparedInputs,
): string {
  const settings = [
    settingsOfRoles(config.student, STUDENT_ROLES, ['result']),
    settingsOfRoles(config.split, SPLIT_ROLES, ['result']),
    settingsOfRoles(config.train, TRAIN_ROLES, ['result']),
  ];
  const asked = [build.digest, teacher?.digest ?? null, engine.name, ...settings, methods, seeds];
  const data = [corrections.digest, config.classes.map(({ name }) => name), test === null ? null : digestImages(test)];
  const begun = start === null ? [] : [start.weights.sha256];
  return createHash('sha256')
    .update(JSON.stringify([...asked, ...data, ...begun]))
    .digest('hex')
    .slice(0, 12);
}

function markdown(
  { config }: OpenProject,
  table: {
    readonly cells: readonly (readonly string[])[];
    readonly reasons: readonly string[];
    readonly teacherAccuracy: number | null;
    readonly plot: string;
  },
): string {
  const line = (row: readonly string[]): string => `| ${row.map(inlineText).join(' | ')} |`;
  const [head = [], ...rows] = table.cells;
  const failed =
    table.reasons.length === 0 ? [] : ['', 'Not finished:', '', ...table.reasons.map((one) => `- ${inlineText(one)}`)];
  return [
    `# ${inlineText(config.name)}: methods compared`,
    '',
    line(head),
    line(head.map((_, column) => (column < 2 ? '---' : '---:'))),
    ...rows.map(line),
    '',
    ...teacherLine(table.teacherAccuracy),
    'Mean and standard deviation over the seeds, last epoch. Seconds are those of one run without evaluation.',
    ...failed,
    '',
    `![Accuracy over the epochs](${table.plot})`,
    '',
  ].join('\n');
}

function teacherLine(accuracy: number | null): string[] {
  return accuracy === null ? [] : [`Teacher: ${percentText(accuracy)}.`];
}

/** Names to the left, numbers to the right. */
function aligned(cells: readonly (readonly string[])[]): string[] {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const cell = (text: string, column: number): string => {
    const width = widths[column] as number;
    return column < 2 ? text.padEnd(width) : text.padStart(width);
  };
  return cells.map((row) => row.map(cell).join('  ').trimEnd());
}

/** For a terminal, which shows Markdown's signs as they are. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
