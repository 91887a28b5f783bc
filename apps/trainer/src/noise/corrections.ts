import { copiesByImage, DecisionFinder, digestDecisions } from '@winnow/config';
import type { CorrectionRow, Decisions, OverruledDecision } from '@winnow/config';
import { METHOD_NAMES } from '@winnow/contracts';
import type { DecisionLogLine, MethodName } from '@winnow/contracts';
import { listDecisions, listExclusions } from '@winnow/db';
import type { BuildRecord } from '@winnow/db';
import type { Correction } from '@winnow/noise';
import { loadDecisions } from '@winnow/review';
import { METHODS } from '@winnow/training';
import { labelsByName } from '../data/image-sets';
import type { BuildImages } from '../data/load-build-images';
import type { OpenProject } from '../open-project';

export interface PoolCorrections {
  /** Sorted by row. */
  readonly applied: readonly Correction[];
  /** Rows of images that were drawn to measure the split: decided, but no fit may learn from them. */
  readonly measured: ReadonlySet<number>;
  /** Lines that name no image of this pool: of another build, or mistyped. */
  readonly unknown: readonly CorrectionRow[];
  /** Lines with a class that the project does not have, or no longer: passed over. */
  readonly foreign: readonly CorrectionRow[];
  /** Lines that do not hold, as an image stands for several files of which others say something else. */
  readonly overruled: readonly OverruledDecision[];
  /** Of what is applied, hex; null where nothing is. */
  readonly digest: string | null;
  /** The log of decisions, where it was read for this: whoever needs it next reads it here. */
  readonly log?: readonly DecisionLogLine[] | undefined;
}

export interface CorrectedPool extends Pick<BuildImages, 'images' | 'provenance' | 'sha256'> {
  /** Digests of the files that were folded into an image, by its digest; absent: none. */
  readonly copies?: ReadonlyMap<string, readonly string[]>;
}

const NOTHING: PoolCorrections = {
  applied: [],
  measured: new Set(),
  unknown: [],
  foreign: [],
  overruled: [],
  digest: null,
};

/** What people decided of the pool, in the project's file and its database. @throws WinnowError as loadDecisions and matchCorrections */
export async function loadPoolCorrections(
  { config, withDatabase }: Pick<OpenProject, 'config' | 'withDatabase'>,
  build: Pick<BuildRecord, 'id'>,
  pool: CorrectedPool,
): Promise<PoolCorrections> {
  let log: readonly DecisionLogLine[] | undefined;
  const decisions = await loadDecisions(config, async () => {
    log = await withDatabase((db) => listDecisions(db, config.name));
    return log;
  });
  if (decisions.rows.length === 0) return { ...NOTHING, log };
  return { ...matchCorrections(decisions, { ...pool, copies: await loadCopies({ withDatabase }, build) }), log };
}

/** Digests of the files that were folded into each image of a build, by its digest. */
export async function loadCopies(
  { withDatabase }: Pick<OpenProject, 'withDatabase'>,
  build: Pick<BuildRecord, 'id'>,
): Promise<NonNullable<CorrectedPool['copies']>> {
  return copiesByImage(await withDatabase((db) => listExclusions(db, build.id)));
}

/**
 * Finds the images that corrections name (DecisionFinder). A name that several images have names all of them.
 * @throws WinnowError as DecisionFinder
 */
export function matchCorrections(
  decisions: Decisions,
  { images: { keys, classes }, sha256, provenance, copies }: CorrectedPool,
): PoolCorrections {
  const labels = labelsByName(classes);
  const finder = new DecisionFinder(decisions, classes);
  const measured = new Set<number>();
  const applied = sha256.flatMap((digest, row): Correction[] => {
    const image = { sha256: digest, provenance: provenance[row] ?? [], copies: copies?.get(digest) };
    const decision = finder.find(image);
    if (decision === undefined) return [];
    const { className, isMeasured } = decision;
    if (isMeasured === true) measured.add(row);
    return [{ row, truth: className === null ? 'open' : (labels.get(className) as number) }];
  });
  const digest = digestDecisions(applied.map(({ row, truth }) => [keys[row] as string, truth]));
  const { unknown, foreign, overruled } = finder;
  return { applied, measured, unknown, foreign, overruled, digest };
}

/**
 * What to tell a person who corrects a split for methods that do not read corrections; nothing where all of them do.
 * @param methods that learn; others are named as those that corrections change
 * @param origin where the person chose them
 */
export function describeUnread(methods: readonly MethodName[], origin = ''): string[] {
  const unmoved = methods.filter((name) => !DECISION_READERS.includes(name));
  if (unmoved.length === 0) return [];
  const verb = unmoved.length === 1 ? 'does' : 'do';
  const changed = `corrections change only ${DECISION_READERS.join(', ')}, the statistics and the card`;
  return [`${unmoved.join(', ')}${origin} ${verb} not read what a person decides: ${changed}.`];
}

/** Methods to which a split makes a difference. */
export const SPLIT_READERS = METHOD_NAMES.filter((name) => METHODS[name].needsSplit);

/** Methods to which a person's decisions make a difference. */
const DECISION_READERS = METHOD_NAMES.filter((name) => METHODS[name].readsDecisions === true);
