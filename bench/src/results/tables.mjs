/** Tables of docs/results.md, each a way to show rows of runs.jsonl. */
import { correctionsTable } from './corrections-table.mjs';
import { curvesTable } from './curves-table.mjs';
import { markdown } from '../harness/markdown-table.mjs';
import { bySeed, command, commits, nameOf, percent, processorSeconds, shown, spread } from './row-text.mjs';
import { refinementTable } from './refinement-table.mjs';
import { reviewStudentsTable, reviewTable } from './review-table.mjs';
import { splitWorldsTable } from './split-worlds-table.mjs';

const students = (runs) =>
  markdown(
    [
      'method',
      'seeds',
      'accuracy, %',
      'gap to teacher',
      'epochs',
      'images an epoch',
      'seen',
      'parameters',
      'processor seconds',
      'peak MB',
      'command: winnow bench',
      'commit',
    ],
    bySeed(runs).map(([key, group]) => {
      const of = (name) => group.map(({ result }) => result[name]);
      const { result } = group[0];
      return [
        nameOf(group[0]),
        of('seed').join(', '),
        `**${shown(of('accuracy'))}**`,
        ((spread(of('accuracy')).mean - result.teacher) * 100).toFixed(2),
        result.epochs,
        result.imagesPerEpoch,
        result.imagesSeen,
        result.parameters,
        processorSeconds(group),
        (Math.max(...of('peakMemoryBytes')) / 1e6).toFixed(0),
        command(key),
        commits(group),
      ];
    }),
  );

const splits = (runs) =>
  markdown(
    [
      'split',
      'macro-F1',
      'AUROC open',
      'FPR95 open',
      'AUROC clean',
      'refined labels right',
      'seconds',
      'found: clean, closed, open of true clean / closed / open',
      'command: winnow bench',
      'commit',
    ],
    runs.map(({ arguments: args, commit, result }) => [
      result.method,
      `**${percent(result.macroF1, 1)}**`,
      percent(result.auroc.open, 1),
      percent(result.fpr95Open, 1),
      percent(result.auroc.clean, 1),
      percent(result.refinedAccuracy, 1),
      result.seconds.toFixed(1),
      result.confusion.map((row) => row.join(', ')).join(' / '),
      command(args.join(' ')),
      commit,
    ]),
  );

/** One row a world, one column a method. */
const worlds = (runs) => {
  const methods = [...new Set(runs.map(nameOf))];
  const names = [...new Set(runs.map(({ result }) => result.world))];
  return markdown(
    ['world', ...methods, 'teacher', 'macro-F1 of the split of winnow', 'commit'],
    names.map((name) => {
      const here = runs.filter(({ result }) => result.world === name);
      const of = (name) => here.find((run) => nameOf(run) === name)?.result;
      const f1 = here.findLast(({ result }) => result.split.method === 'winnow')?.result.split.macroF1;
      return [
        name,
        ...methods.map((method) => percent(of(method)?.accuracy)),
        percent(here[0].result.teacher),
        percent(f1, 1),
        commits(here),
      ];
    }),
  );
};

const sweep = (runs) =>
  markdown(
    [
      'variant',
      'expected accuracy, held out',
      'agreement, held out',
      'test accuracy (not used)',
      'images seen',
      'processor seconds',
      'commit',
    ],
    [...runs]
      .sort((a, b) => b.result.heldOut.expectedAccuracy - a.result.heldOut.expectedAccuracy)
      .map((run) => [
        nameOf(run),
        `**${percent(run.result.heldOut.expectedAccuracy)}**`,
        percent(run.result.heldOut.agreement),
        percent(run.result.accuracy),
        run.result.imagesSeen,
        processorSeconds([run]),
        run.commit,
      ]),
  );

const scores = (runs) =>
  markdown(
    ['open-set score', 'AUROC open', 'FPR95 open', 'seconds', 'command: winnow bench', 'commit'],
    runs.flatMap(({ arguments: args, commit, result }) =>
      result.results.map(({ score, aurocOpen, fpr95Open, seconds }) => [
        score,
        `**${percent(aurocOpen, 1)}**`,
        percent(fpr95Open, 1),
        seconds.toFixed(1),
        command(args.join(' ')),
        commit,
      ]),
    ),
  );

/** The PyTorch reference of web7, seed 1, 20 epochs: accuracy in %, seconds on two cores that did other work, too. */
const PYTORCH = {
  ce: { accuracy: 67.08, seconds: 282 },
  'kd-known': { accuracy: 74.56, seconds: 199 },
  kd: { accuracy: 80.11, seconds: 561 },
  modul: { accuracy: 57.18, seconds: 2520 },
  'modul, cosine': { accuracy: 61.61, seconds: 2562 },
};

const pytorch = (runs) =>
  markdown(
    [
      'method',
      'accuracy, %',
      'PyTorch',
      'difference',
      'processor seconds an epoch',
      'seconds an epoch, PyTorch',
      'peak MB',
    ],
    runs
      .filter((run) => nameOf(run) in PYTORCH || nameOf(run) === 'winnow')
      .map((run) => {
        const { accuracy, cpuSeconds, epochs, peakMemoryBytes } = run.result;
        const theirs = PYTORCH[nameOf(run)];
        return [
          nameOf(run),
          percent(accuracy),
          theirs ? theirs.accuracy.toFixed(2) : '-',
          theirs ? (accuracy * 100 - theirs.accuracy).toFixed(2) : '-',
          (cpuSeconds / epochs).toFixed(0),
          theirs ? (theirs.seconds / epochs).toFixed(0) : '-',
          (peakMemoryBytes / 1e6).toFixed(0),
        ];
      }),
  );

const TABLES = {
  ...{ students, splits, worlds, sweep, scores, pytorch },
  ...{ splitWorlds: splitWorldsTable, corrections: correctionsTable, curves: curvesTable },
  refinement: refinementTable,
  review: reviewTable,
  reviewStudents: reviewStudentsTable,
};

/** @param {keyof typeof TABLES} kind @param {readonly object[]} runs */
export const tableOf = (kind, runs) => TABLES[kind](runs);
