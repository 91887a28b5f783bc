import type { SampleRow } from '@winnow/db';
import type { StoredSample } from '@winnow/shards';

/** What is wrong with one file of a build, or with its rows in the database. */
export interface VerifyProblem {
  /** Name of a file in the build's folder, path of an original, or `database`. */
  readonly file: string;
  readonly problem: string;
  /** What is to be mended: a file of the build, its rows, or an original. */
  readonly kind: 'build' | 'database' | 'original';
  /** Of an original, hex. */
  readonly sha256?: string;
  /** Of a row. */
  readonly keys?: readonly string[];
}

/** What both sides say of a sample. */
const COMPARED = ['shard', 'offset', 'length', 'sha256', 'className', 'label', 'copies'] as const;

/** Compares a build's rows with samples.jsonl: each sample must be on both sides, and both must say the same of it. */
export function compareRows(samples: readonly StoredSample[], rows: readonly SampleRow[]): readonly VerifyProblem[] {
  const stored = new Map(samples.map((sample) => [sample.key, sample]));
  const indexed = new Set(rows.map(({ key }) => key));
  const problems: VerifyProblem[] = [];
  const report = (key: string, problem: string): void =>
    void problems.push({ file: 'database', kind: 'database', problem: `${key}: ${problem}`, keys: [key] });
  for (const row of rows) {
    const sample = stored.get(row.key);
    if (sample === undefined) report(row.key, 'a row without bytes: no shard holds it');
    else {
      const differing = COMPARED.filter((name) => row[name] !== sample[name]);
      if (differing.length > 0) {
        const [name] = differing as [(typeof COMPARED)[number]];
        report(row.key, `${name} is ${String(row[name])} in the database and ${String(sample[name])} in samples.jsonl`);
      }
    }
  }
  for (const { key, shard } of samples) if (!indexed.has(key)) report(key, `bytes without a row, in ${shard}`);
  return problems;
}
