import type { DecisionFinder, ProjectConfig } from '@winnow/config';
import type { UnplacedSample } from '../build/sample-of';
import type { SplitVerdict } from './base-split';

/** An image as it was collected. */
export interface GivenSample {
  readonly sample: UnplacedSample;
  readonly verdict: SplitVerdict | undefined;
  /** Digests of the files that are folded into it. */
  readonly copies: readonly string[];
}

/** Gives a sample the label that the build asks for, or says why it is left out. */
export type Relabel = (given: GivenSample) => UnplacedSample | string;

/**
 * What `build.labels` asks for. A decided label wins over the split's, which is taken where the split calls the given one
 * closed; the given one stays in `givenClass`. An image that is listed under another class now than
 * the split judged is left out where its label would say what the split does not.
 * @param classes of the project
 * @param kept classes of the data set; null for all
 */
export function relabeller(
  { labels, classes: kept }: Pick<ProjectConfig['build'], 'labels' | 'classes'>,
  classes: readonly string[],
  decisions: Pick<DecisionFinder, 'find'>,
): Relabel {
  const numbers = new Map(classes.map((name, number) => [name, number]));
  return ({ sample, verdict, copies }) => {
    const decision = labels === 'given' ? undefined : decisions.find({ ...sample, copies });
    if (decision?.className === null) return 'decided to be open';
    const truth = classBy(verdict);
    const className = decision?.className ?? (labels === 'refined' ? (truth ?? sample.className) : sample.className);
    if (decision === undefined && isUnjudged(className, sample, verdict)) {
      return `the split judged it under ${verdict?.className}`;
    }
    if (kept !== undefined && !kept.includes(className))
      return `its label is ${className}, which build.classes leaves out`;
    if (className === sample.className) return sample;
    return {
      ...sample,
      className,
      label: numbers.get(className) as number,
      givenClass: sample.className,
      conflicts: foundBeside(className, sample),
    };
  };
}

/** Classes other than the new label under which the image was found; none where it was found under one alone. */
function foundBeside(label: string, { className, conflicts }: UnplacedSample): readonly string[] {
  if (conflicts.length === 0) return [];
  return [...conflicts, className].filter((name) => name !== label).sort();
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
