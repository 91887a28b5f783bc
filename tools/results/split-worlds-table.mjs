import { argumentsOf, commits, markdown, percent } from './row-text.mjs';

/** Macro-F1 of every split, a row a world; the split of the logits alone is a row of its own. @param {readonly object[]} runs */
export function splitWorldsTable(runs) {
  const splits = [...new Set(runs.map(({ result }) => result.method))];
  const read = (run) => (argumentsOf(run).includes('--logits-only') ? 'logits' : 'logits, features');
  const rows = [...new Map(runs.map((run) => [`${run.result.world} ${read(run)}`, run])).values()];
  return markdown(
    ['world', 'images', 'read', ...splits, 'winnow: AUROC open', 'winnow: refined labels right', 'commit'],
    rows.map((row) => {
      const here = runs.filter((run) => run.result.world === row.result.world && read(run) === read(row));
      const of = (name) => here.find(({ result }) => result.method === name)?.result;
      const best = Math.max(...here.map(({ result }) => result.macroF1));
      return [
        row.result.world,
        row.result.count,
        read(row),
        ...splits.map((name) => {
          const f1 = of(name)?.macroF1;
          return f1 === best ? `**${percent(f1, 1)}**` : percent(f1, 1);
        }),
        percent(of('winnow')?.auroc.open, 1),
        percent(of('winnow')?.refinedAccuracy, 1),
        commits(here),
      ];
    }),
  );
}
