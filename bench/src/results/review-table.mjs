import { markdown } from '../harness/markdown-table.mjs';
import { percent } from './row-text.mjs';

/**
 * What looks are worth: a row an order and share of errors, for each number of looks macro-F1 with the decisions laid over
 * the split and of the split that was fitted with them, the best of a world in bold; of the student, too, where one learnt.
 * @param {readonly object[]} runs of `winnow bench review`
 */
export function reviewTable(runs) {
  const looks = [...new Set(runs.flatMap(({ result }) => result.rows.map(({ count }) => count)))].sort((a, b) => a - b);
  return markdown(
    ['world', 'order', 'errors', ...looks.map((count) => `${count} looks`), 'commit'],
    runs.flatMap(({ result, commit }) => {
      const { world, rows, macroF1, accuracy } = result;
      const bestOf = ({ count, errorRate }) =>
        Math.max(
          ...rows.filter((row) => row.count === count && row.errorRate === errorRate).map((row) => row.macroF1.after),
        );
      const cell = (row) => {
        if (row === undefined) return '-';
        const fitted = percent(row.macroF1.after);
        const student = row.accuracy === undefined ? '' : `, ${percent(row.accuracy)}`;
        const isBest = row.macroF1.after === bestOf(row);
        return `${percent(row.macroF1.overlaid)}, ${isBest ? `**${fitted}**` : fitted}${student}`;
      };
      const none = `${percent(macroF1)}${accuracy === undefined ? '' : `, ${percent(accuracy)}`}`;
      const keys = [...new Set(rows.map(({ by, errorRate }) => JSON.stringify([by, errorRate])))];
      return [
        [world, 'none', '-', ...looks.map(() => none), commit],
        ...keys.map((key) => {
          const [by, errorRate] = JSON.parse(key);
          const of = (count) => rows.find((row) => row.by === by && row.errorRate === errorRate && row.count === count);
          return [world, by, `${percent(errorRate, 0)} %`, ...looks.map((count) => cell(of(count))), commit];
        }),
      ];
    }),
  );
}
