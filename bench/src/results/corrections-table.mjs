import { markdown } from '../harness/markdown-table.mjs';
import { argumentsOf, commits, nameOf, percent, percentWithGain } from './row-text.mjs';

const valueOf = (args, flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : null);
const withoutReview = (args) =>
  args.filter((text, index) => !text.startsWith('--review') && !args[index - 1]?.startsWith('--review'));

/**
 * What true labels are worth: a row a method and number of them, beside the same without any.
 * @param {readonly object[]} runs with reviews, and those without that they are compared with
 */
export function correctionsTable(runs) {
  const reviewed = runs.filter((run) => valueOf(argumentsOf(run), '--review') !== null);
  const plain = (run) => {
    const command = withoutReview(argumentsOf(run)).join(' ');
    return runs.find((other) => argumentsOf(other).join(' ') === command);
  };
  const keyOf = (run) =>
    [run.result.world, nameOf(run), run.result.student, valueOf(argumentsOf(run), '--review')].join(' ');
  const rows = [...new Map(reviewed.map((run) => [keyOf(run), run])).values()];
  const ways = ['random', 'margin'];
  return markdown(
    [
      'world',
      'method',
      'student',
      'true labels',
      'none',
      ...ways.map((way) => `chosen ${way === 'margin' ? 'by margin' : 'at random'}`),
      'commit',
    ],
    rows.map((row) => {
      const here = reviewed.filter((run) => keyOf(run) === keyOf(row));
      const base = plain(row);
      return [
        row.result.world,
        nameOf(row),
        row.result.student,
        valueOf(argumentsOf(row), '--review'),
        percent(base?.result.accuracy),
        ...ways.map((way) => {
          const accuracy = here.find((run) => valueOf(argumentsOf(run), '--review-by') === way)?.result.accuracy;
          if (accuracy === undefined) return '-';
          return base === undefined ? percent(accuracy) : percentWithGain(accuracy, base.result.accuracy);
        }),
        commits(base === undefined ? here : [base, ...here]),
      ];
    }),
  );
}
