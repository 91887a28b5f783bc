import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DEFAULT_ORDER } from '../../../apps/trainer/src/measure/simulate-review';
import type { ReviewMeasures } from '../../../apps/trainer/src/measure/measure-review';

interface Run {
  readonly arguments: readonly string[];
  readonly commit?: string;
  readonly renamed?: Readonly<Record<string, string>>;
  readonly since?: readonly string[];
  readonly result?: object;
}

/** What an expression over the tables' functions gives; they are ES modules. */
function evaluate<T>(expression: string, runs: readonly Run[] = []): T {
  const module = (name: string) => JSON.stringify(pathToFileURL(path.join(__dirname, name)).href);
  const script = `
    import { PLAN } from ${module('plan.mjs')};
    import { correctionsTable } from ${module('corrections-table.mjs')};
    import { leads } from ${module('curves-table.mjs')};
    import { refinementTable } from ${module('refinement-table.mjs')};
    import { reviewStudentsTable, reviewTable } from ${module('review-table.mjs')};
    import { argumentsOf, nameOf } from ${module('row-text.mjs')};
    const runs = ${JSON.stringify(runs)};
    process.stdout.write(JSON.stringify(${expression}));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as T;
}

const trace = (...accuracies: readonly number[]): string =>
  JSON.stringify(accuracies.map((accuracy, index) => ({ epoch: index + 1, accuracy })));

describe('the tables of results', () => {
  it('say who leads from which epoch on, whoever was measured for how long', () => {
    const curves = `[{ name: 'a', trace: ${trace(0.5, 0.6, 0.6)} }, { name: 'b', trace: ${trace(0.4, 0.6, 0.7, 0.8)} }]`;
    expect(evaluate(`leads(${curves})`)).toEqual([
      { epoch: 1, name: 'a' },
      { epoch: 3, name: 'b' },
    ]);
    expect(evaluate(`leads([{ name: 'a', trace: ${trace(0.1)} }])`)).toEqual([{ epoch: 1, name: 'a' }]);
  });

  it('call a method by its name of today, and a split of that name what it is', () => {
    const row: Run = {
      arguments: ['world', '{web7}', '--method', 'winnow', '--split', 'winnow'],
      renamed: { winnow: 'winnow-1' },
      since: ['--set', 'start=random'],
      result: { method: 'winnow', split: { method: 'winnow' } },
    };
    const now = ['world', '{web7}', '--method', 'winnow-1', '--split', 'winnow', '--set', 'start=random'];
    expect(evaluate('argumentsOf(runs[0])', [row])).toEqual(now);
    expect(evaluate('nameOf(runs[0])', [row])).toBe('winnow-1, split winnow, start=random');
  });

  it('show what corrections are worth beside the same command without any', () => {
    const run = (accuracy: number, review: readonly string[] = []): Run => ({
      arguments: ['world', '{web7}', '--method', 'winnow', '--seed', '1', ...review],
      commit: 'c',
      result: { world: 'web7', method: 'winnow', student: 'resnet8', accuracy },
    });
    const by = (way: string) => ['--review', '250', '--review-by', way];
    const runs = [run(0.8), run(0.81, by('random')), run(0.79, by('margin'))];
    const rows = evaluate<string>('correctionsTable(runs)', runs).split('\n');
    expect(rows).toHaveLength(3);
    expect(rows[2]).toBe('| web7 | winnow | resnet8 | 250 | 80.00 | 81.00 (+1.00) | 79.00 (-1.00) | c |');
    expect(evaluate<string>('correctionsTable(runs)', runs.slice(1, 2))).toContain('| 250 | - | 81.00 | - |');
    const plain = run(0.82, by('margin'));
    const refined = { ...plain, result: { ...plain.result, settings: { refine: 'auto' } } };
    const both = evaluate<string>('correctionsTable(runs)', [...runs, refined]).split('\n');
    expect(both.slice(2)).toEqual([
      rows[2],
      '| web7 | winnow, refine=auto | resnet8 | 250 | 80.00 | - | 82.00 (+2.00) | c |',
    ]);
  });

  it('show what looks are worth, the best of each number of them in bold', () => {
    const row = (by: string, after: number, errorRate = 0) => {
      return { by, count: 250, errorRate, macroF1: { before: 0.75, overlaid: 0.76, after } };
    };
    const rows = [row('doubt', 0.8), row('random', 0.77), row('random', 0.76, 0.03)];
    const runs = [{ arguments: [], commit: 'c', result: { world: 'web7', macroF1: 0.75, rows } }];
    const lines = evaluate<string>('reviewTable(runs)', runs).split('\n');
    expect(lines.slice(2)).toEqual([
      '| web7 | none | - | 75.00 | c |',
      '| web7 | doubt | 0 % | 76.00, **80.00** | c |',
      '| web7 | random | 0 % | 76.00, 77.00 | c |',
      '| web7 | random | 3 % | 76.00, **76.00** | c |',
    ]);
  });

  it('show students after looks beside the one without any', () => {
    const run = (by: string, errorRate = 0): Run => {
      const row = (count: number, accuracy: number) => ({ by, errorRate, count, accuracy, macroF1: { after: 0.8 } });
      const result = { world: 'web7', macroF1: 0.75, accuracy: 0.81, rows: [row(1000, 0.82), row(250, 0.805)] };
      return { arguments: ['review', '{web7}', '--student', '--epochs', '6'], commit: 'c', result };
    };
    const runs = [run('doubt', 0.03), run('random'), run('doubt')];
    const cells = '81.00, 75.00 | 80.50 (-0.50), 80.00 | 82.00 (+1.00), 80.00 | c |';
    expect(evaluate<string>('reviewStudentsTable(runs)', runs).split('\n').slice(2)).toEqual([
      `| web7 | 6 | doubt | 0 % | ${cells}`,
      `| web7 | 6 | doubt | 3 % | ${cells}`,
      `| web7 | 6 | random | 0 % | ${cells}`,
    ]);
  });

  it('show a refined teacher beside the old one, seeds together, and pass over methods that refine none', () => {
    const run = (seed: number, refined: number, labels: number | null = 0.85): Run => ({
      arguments: ['world', '{web7}', '--method', 'winnow', '--seed', String(seed)],
      commit: 'c',
      result: {
        ...{ world: 'web7', method: 'winnow', seed, accuracy: 0.82, teacher: 0.8334, refinedAccuracy: 0.8 },
        split: { macroF1: 0.751 },
        refinement: { refinedTeacherAccuracy: refined, macroF1: 0.77, refinedLabelAccuracy: labels },
      },
    });
    const plain: Run = { arguments: ['world', '{web7}', '--method', 'kd'], result: { method: 'kd' } };
    const rows = evaluate<string>('refinementTable(runs)', [run(1, 0.84), plain, run(2, 0.85)]).split('\n');
    expect(rows).toHaveLength(3);
    expect(rows[2]).toContain(
      '| web7 | winnow | 1, 2 | 83.34 | 84.50 ± 0.71 | **82.00 ± 0.00** | 75.1 | 77.00 ± 0.00 |',
    );
    const [, , row] = evaluate<string>('refinementTable(runs)', [run(1, 0.84, null)]).split('\n');
    expect(row).toContain('| 75.1 | 77.00 | 80.0 | - |');
  });
});

describe('what looks are worth, as measured', () => {
  it('is most in the default order on web7: as much as by doubt, and more than at random', () => {
    const runs = readFileSync(path.join(__dirname, '../../../docs/results/runs.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { group: string; result: ReviewMeasures });
    const measured = runs.findLast(({ group, result }) => group === 'review' && result.world === 'web7');
    const rows = measured?.result.rows ?? [];
    const after = (by: string, count: number) =>
      rows.find((row) => row.by === by && row.count === count && row.errorRate === 0)?.macroF1.after ?? Number.NaN;
    for (const count of [250, 1000, 4000]) {
      expect(after(DEFAULT_ORDER, count)).toBeGreaterThanOrEqual(after('doubt', count));
      expect(after(DEFAULT_ORDER, count)).toBeGreaterThan(after('random', count));
    }
  });
});

describe('the plan of results', () => {
  it('names no row of a group twice', () => {
    const rows = evaluate<string[]>(
      'Object.entries(PLAN).flatMap(([group, rows]) => rows.map((row) => [group, ...row].join(" ")))',
    );
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('is listed without measuring anything', () => {
    const list = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(__dirname, 'measure.mjs'), ...args, '--list'], { encoding: 'utf8' });
    const { status, stdout } = list('splits', '--only', 'knn');
    expect([status, stdout]).toEqual([0, 'measured splits: split {web7} --split knn\n']);
    expect(list('nothing').status).not.toBe(0);
  });
});
