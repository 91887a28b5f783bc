import path from 'node:path';
import { contradiction, loadCorrections } from '@winnow/config';
import type { CorrectionRow, ProjectConfig } from '@winnow/config';
import type { UnplacedSample } from '../sample-of';
import type { SplitVerdict } from './base-split';

/** Gives a sample the label that the build asks for, or says why it is left out. */
export type Relabel = (sample: UnplacedSample, verdict: SplitVerdict | undefined) => UnplacedSample | string;

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
 * What `build.labels` asks for. A decided label wins over the split's, which is taken where the split calls the given one
 * closed; the given one stays in `givenClass` and among the conflicts. An image that is listed under another class now than
 * the split judged is left out where its label would say what the split does not.
 * @param classes of the project; decisions for others are passed over
 * @param kept classes of the data set; null for all
 */
export function relabeller(
  { labels, classes: kept }: Pick<ProjectConfig['build'], 'labels' | 'classes'>,
  classes: readonly string[],
  decisions: Decisions,
): Relabel {
  const numbers = new Map(classes.map((name, number) => [name, number]));
  const decisionOn = labels === 'given' ? () => undefined : decisionFinder(decisions, numbers);
  return (sample, verdict) => {
    const decision = decisionOn(sample);
    if (decision?.className === null) return 'decided to be open';
    const truth = classBy(verdict);
    const className = decision?.className ?? (labels === 'refined' ? (truth ?? sample.className) : sample.className);
    if (decision === undefined && isUnjudged(className, sample, verdict)) {
      return `the split judged it under ${verdict?.className}`;
    }
    if (kept !== undefined && !kept.includes(className))
      return `its label is ${className}, which build.classes leaves out`;
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

/** The class that the split believes in; undefined for none of them, and where it has not seen the image. */
function classBy(verdict: SplitVerdict | undefined): string | undefined {
  if (verdict === undefined || verdict.kind === 'open') return undefined;
  return verdict.kind === 'clean' ? verdict.className : verdict.refinedClass;
}

/** Whether a label that nobody decided is of a class that the split did not judge, and does not believe in. */
function isUnjudged(className: string, sample: UnplacedSample, verdict: SplitVerdict | undefined): boolean {
  const truth = classBy(verdict);
  return verdict?.className !== sample.className && truth !== undefined && truth !== className;
}

function decisionFinder({ file, rows }: Decisions, numbers: ReadonlyMap<string, number>) {
  const said = new Map(
    rows.filter(({ className }) => className === null || numbers.has(className)).map((row) => [row.picture, row]),
  );
  return ({ sha256, provenance }: UnplacedSample): CorrectionRow | undefined => {
    const names = [sha256, ...provenance.map(({ imageUrl }) => imageUrl)];
    const [first, ...others] = names.flatMap((name) => said.get(name) ?? []);
    const other = others.find(({ className }) => className !== first?.className);
    if (first !== undefined && other !== undefined) throw contradiction(file, first.line, other.line);
    return first;
  };
}
