import { markdown } from '../harness/markdown-table.mjs';
import { argumentsOf, percent } from './row-text.mjs';

/**
 * Macro-F1 of every split, a row a world; the splits of the logits alone are a row of their own.
 * @param {readonly object[]} runs of `bench split` without a split's name: every split
 */
export function splitWorldsTable(runs) {
  const splits = runs[0].result.results.map(({ method }) => method);
  return markdown(
    ['world', 'images', 'read', ...splits, 'winnow: AUROC open', 'winnow: refined labels right', 'commit'],
    runs.map((run) => {
      const { results } = run.result;
      const best = Math.max(...results.map(({ macroF1 }) => macroF1));
      const own = results.find(({ method }) => method === 'winnow');
      return [
        own.world,
        own.count,
        argumentsOf(run).includes('--logits-only') ? 'logits' : 'logits, features',
        ...results.map(({ macroF1 }) => (macroF1 === best ? `**${percent(macroF1, 1)}**` : percent(macroF1, 1))),
        percent(own.auroc.open, 1),
        percent(own.refinedAccuracy, 1),
        run.commit,
      ];
    }),
  );
}
