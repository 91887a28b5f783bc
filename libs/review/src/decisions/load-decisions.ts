import path from 'node:path';
import { loadCorrections } from '@winnow/config';
import type { CorrectionRow, Decisions, ProjectConfig } from '@winnow/config';
import type { DecisionLogLine } from '@winnow/contracts';
import { classOfTruth, DecisionLog } from './decision-log';

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
  return { file, rows: split.decisions === false ? rows : [...rows, ...decidedRows(await listLines(), names)] };
}

/** What is decided of images; of those of which nothing else is said also what names a class that is gone, to be told. */
function decidedRows(lines: Iterable<DecisionLogLine>, classes: readonly string[]): readonly CorrectionRow[] {
  const log = new DecisionLog(lines, classes);
  return log.images.flatMap((sha256) => {
    const { truth, opinions, foreign } = log.decisionOf(sha256);
    const said = opinions.length > 0 ? opinions : foreign;
    const truths = opinions.length > 0 ? [truth] : new Set(foreign.map(({ says }) => says));
    return [...truths].flatMap((one): readonly CorrectionRow[] => {
      if (one === null) return [];
      const holding = said.filter(({ says }) => says === one);
      return [
        {
          ...{ picture: sha256, className: classOfTruth(one), line: 0, cells: [] },
          by: holding.map(({ person }) => person),
          isMeasured: holding.every(({ origin }) => origin === 'measure'),
        },
      ];
    });
  });
}
