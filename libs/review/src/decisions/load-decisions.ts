import path from 'node:path';
import { loadCorrections } from '@winnow/config';
import type { CorrectionRow, Decisions, ProjectConfig } from '@winnow/config';
import type { DecisionLogLine } from '@winnow/contracts';
import { DecisionLog } from './decision-log';

/**
 * Every decision that a project is to be read with: the lines of `split.corrections`, then what the log of its database
 * comes to, unless `split.decisions` leaves that out. Both are empty where nobody decided anything.
 * @param listLines reads the log
 * @throws WinnowError as loadCorrections
 */
export async function loadDecisions(
  { split, classes, paths }: Pick<ProjectConfig, 'split' | 'classes' | 'paths'>,
  listLines: () => Promise<Iterable<DecisionLogLine>>,
): Promise<Decisions> {
  const names = classes.map(({ name }) => name);
  const file = split.corrections === undefined ? '' : path.resolve(paths.root, split.corrections);
  const rows = file === '' ? [] : await loadCorrections(file, names);
  return { file, rows: split.decisions === false ? rows : [...rows, ...decidedRows(await listLines())] };
}

const CLASS_PREFIX = 'class:';

/** The class that a truth names; null: it shows none of them. */
export function classOfTruth(truth: string): string | null {
  return truth.startsWith(CLASS_PREFIX) ? truth.slice(CLASS_PREFIX.length) : null;
}

/** What decides an image to be of a class, or of none. */
export function truthOfClass(className: string | null): string {
  return className === null ? 'open' : `${CLASS_PREFIX}${className}`;
}

function decidedRows(lines: Iterable<DecisionLogLine>): readonly CorrectionRow[] {
  return Array.from(new DecisionLog(lines).decided(), ({ sha256, truth, opinions }) => {
    const holding = opinions.filter(({ says }) => says === truth);
    return {
      ...{ picture: sha256, className: classOfTruth(truth), line: 0, cells: [] },
      by: holding.map(({ person }) => person),
      isMeasured: holding.every(({ origin }) => origin === 'measure'),
    };
  });
}
