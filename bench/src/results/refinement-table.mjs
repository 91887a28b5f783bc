import { markdown } from '../harness/markdown-table.mjs';
import { bySeed, command, commits, nameOf, percent, shown } from './row-text.mjs';

/**
 * What refining did to the teacher and to the split that is made of its logits, a row a command.
 * @param {readonly object[]} runs some of which refined their teacher
 */
export function refinementTable(runs) {
  return markdown(
    [
      ...['world', 'method', 'seeds', 'teacher', 'refined teacher', 'student'],
      ...['macro-F1', 'refined', 'refined labels right', 'refined', 'command: winnow bench', 'commit'],
    ],
    bySeed(runs.filter(({ result }) => result.refinement !== undefined)).map(([key, group]) => {
      const of = (read) => shown(group.map(({ result }) => read(result)));
      const { result } = group[0];
      return [
        ...[result.world, nameOf(group[0]), group.map((run) => run.result.seed).join(', '), percent(result.teacher)],
        ...[of(({ refinement }) => refinement.refinedTeacherAccuracy), `**${of(({ accuracy }) => accuracy)}**`],
        ...[percent(result.split.macroF1, 1), of(({ refinement }) => refinement.macroF1)],
        ...[percent(result.refinedAccuracy, 1), of(({ refinement }) => refinement.refinedLabelAccuracy)],
        ...[command(key), commits(group)],
      ];
    }),
  );
}
