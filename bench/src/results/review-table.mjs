import { markdown } from '../harness/markdown-table.mjs';
import { argumentsOf, percent, percentWithGain } from './row-text.mjs';

/** All numbers of looks, ascending. */
const looksOf = (runs) =>
  [...new Set(runs.flatMap(({ result }) => result.rows.map(({ count }) => count)))].sort((a, b) => a - b);

/**
 * What looks are worth: a row an order and share of errors, for each number of looks macro-F1 with the decisions laid over
 * the split and of the split that was fitted with them, the best of a world in bold.
 * @param {readonly object[]} runs of `winnow bench review`
 */
export function reviewTable(runs) {
  const looks = looksOf(runs);
  return markdown(
    ['world', 'order', 'errors', ...looks.map((count) => `${count} looks`), 'commit'],
    runs.flatMap(({ result, commit }) => {
      const { world, rows, macroF1 } = result;
      const bestOf = ({ count, errorRate }) =>
        Math.max(
          ...rows.filter((row) => row.count === count && row.errorRate === errorRate).map((row) => row.macroF1.after),
        );
      const cell = (row) => {
        if (row === undefined) return '-';
        const fitted = percent(row.macroF1.after);
        const isBest = row.macroF1.after === bestOf(row);
        return `${percent(row.macroF1.overlaid)}, ${isBest ? `**${fitted}**` : fitted}`;
      };
      const none = percent(macroF1);
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

/** The students that learnt after so many looks, and the split that was fitted with them: a row an order and share of errors. */
export function reviewStudentsTable(runs) {
  const looks = looksOf(runs);
  const orders = [...new Set(runs.map(({ result }) => result.rows[0].by))];
  const byOrder = orders.flatMap((by) =>
    runs
      .filter(({ result }) => result.rows[0].by === by)
      .toSorted((a, b) => a.result.rows[0].errorRate - b.result.rows[0].errorRate),
  );
  return markdown(
    ['world', 'epochs', 'order', 'errors', 'no looks', ...looks.map((count) => `${count} looks`), 'commit'],
    byOrder.map((run) => {
      const args = argumentsOf(run);
      const { world, rows, accuracy, macroF1 } = run.result;
      const { by, errorRate } = rows[0];
      const cell = (row) => `${percentWithGain(row.accuracy, accuracy)}, ${percent(row.macroF1.after)}`;
      const cells = looks.map((count) => rows.find((row) => row.count === count)).map((row) => (row ? cell(row) : '-'));
      const epochs = args[args.indexOf('--epochs') + 1];
      const none = `${percent(accuracy)}, ${percent(macroF1)}`;
      return [world, epochs, by, `${percent(errorRate, 0)} %`, none, ...cells, run.commit];
    }),
  );
}
