import path from 'node:path';
import { contradiction, loadCorrections } from '@winnow/config';
import type { CorrectionRow, ProjectConfig } from '@winnow/config';
import type { UnplacedSample } from '../sample-of';
import type { SplitVerdict } from './base-split';

/** Gives a sample the label that the build asks for; null: a person decided that it shows none of the classes. */
export type Relabel = (sample: UnplacedSample, verdict: SplitVerdict | undefined) => UnplacedSample | null;

/** Decisions of a person by digest or URL of an image. */
export interface Decisions {
  readonly file: string;
  readonly rows: readonly CorrectionRow[];
}

/** Those of `split.corrections`; none where it names no file. @throws WinnowError as loadCorrections */
export async function loadDecisions({ split, classes, paths }: ProjectConfig): Promise<Decisions> {
  if (split.corrections === undefined) return { file: '', rows: [] };
  const file = path.resolve(paths.root, split.corrections);
  const names = classes.map(({ name }) => name);
  return { file, rows: await loadCorrections(file, names) };
}

/**
 * What `build.labels` asks for; null for the given labels. A decided label wins over the split's, which is taken where the
 * split calls the given one closed; the given one stays in `givenClass` and among the conflicts.
 * @param classes of the project; decisions for others are passed over
 */
export function relabeller(
  labels: ProjectConfig['build']['labels'],
  classes: readonly string[],
  { file, rows }: Decisions,
): Relabel | null {
  if (labels === 'given') return null;
  const numbers = new Map(classes.map((name, number) => [name, number]));
  const said = new Map(
    rows.filter(({ className }) => className === null || numbers.has(className)).map((row) => [row.picture, row]),
  );
  const decisionOn = ({ sha256, provenance }: UnplacedSample): CorrectionRow | undefined => {
    const names = [sha256, ...provenance.map(({ imageUrl }) => imageUrl)];
    const [first, ...others] = names.flatMap((name) => said.get(name) ?? []);
    const other = others.find(({ className }) => className !== first?.className);
    if (first !== undefined && other !== undefined) throw contradiction(file, first.line, other.line);
    return first;
  };
  return (sample, verdict) => {
    const decision = decisionOn(sample);
    if (decision?.className === null) return null;
    const refined = labels === 'refined' && verdict?.kind === 'closed' ? verdict.refinedClass : sample.className;
    const className = decision?.className ?? refined;
    if (className === sample.className) return sample;
    const conflicts = new Set([...sample.conflicts, sample.className]);
    conflicts.delete(className);
    return {
      ...sample,
      className,
      label: numbers.get(className) as number,
      givenClass: sample.className,
      conflicts: [...conflicts].sort(),
    };
  };
}
