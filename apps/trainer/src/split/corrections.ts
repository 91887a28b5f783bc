import path from 'node:path';
import { copiesByImage, DecisionFinder, describeOverruled, digestDecisions, loadCorrections } from '@winnow/config';
import type { CorrectionRow, Decisions, OverruledDecision } from '@winnow/config';
import type { MethodName } from '@winnow/contracts';
import { listExclusions } from '@winnow/db';
import type { BuildRecord } from '@winnow/db';
import type { Correction } from '@winnow/noise';
import { labelsByName } from '../labels-by-name';
import type { OpenProject } from '../open-project';
import type { BuildImages } from '../pictures/load-build-images';
import { DECISION_READERS } from './split-readers';

export interface PoolCorrections {
  /** Sorted by row. */
  readonly applied: readonly Correction[];
  /** Lines that name no picture of this pool: of another build, or mistyped. */
  readonly unknown: readonly CorrectionRow[];
  /** Lines with a class that the project does not have, or no longer: passed over. */
  readonly foreign: readonly CorrectionRow[];
  /** Lines on files that were folded into an image of which another line says something else. */
  readonly overruled: readonly OverruledDecision[];
  /** Of what is applied, hex; null where nothing is. */
  readonly digest: string | null;
}

export interface CorrectedPool extends Pick<BuildImages, 'images' | 'provenance' | 'sha256'> {
  /** Digests of the files that were folded into an image, by its digest; absent: none. */
  readonly copies?: ReadonlyMap<string, readonly string[]>;
}

const NOTHING: PoolCorrections = { applied: [], unknown: [], foreign: [], overruled: [], digest: null };

/** The corrections that the project names, or none. @throws WinnowError as loadCorrections and matchCorrections */
export async function loadPoolCorrections(
  { config, withDatabase }: Pick<OpenProject, 'config' | 'withDatabase'>,
  build: Pick<BuildRecord, 'id'>,
  pool: CorrectedPool,
): Promise<PoolCorrections> {
  const { split, paths } = config;
  if (split.corrections === undefined) return NOTHING;
  const file = path.resolve(paths.root, split.corrections);
  const rows = await loadCorrections(file, pool.images.classes);
  const copies = copiesByImage(await withDatabase((db) => listExclusions(db, build.id)));
  return matchCorrections({ file, rows }, { ...pool, copies });
}

/**
 * Finds the images that corrections name (DecisionFinder). A name that several images have names all of them.
 * @throws WinnowError FORMAT_INVALID where two lines say different things of one image
 */
export function matchCorrections(
  decisions: Decisions,
  { images: { keys, classes }, sha256, provenance, copies }: CorrectedPool,
): PoolCorrections {
  const labels = labelsByName(classes);
  const finder = new DecisionFinder(decisions, classes);
  const applied = sha256.flatMap((digest, row): Correction[] => {
    const image = { sha256: digest, provenance: provenance[row] ?? [], copies: copies?.get(digest) };
    const decision = finder.find(image);
    if (decision === undefined) return [];
    const { className } = decision;
    return [{ row, truth: className === null ? 'open' : (labels.get(className) as number) }];
  });
  const digest = digestDecisions(applied.map(({ row, truth }) => [keys[row] as string, truth]));
  return { applied, unknown: finder.unknown, foreign: finder.foreign, overruled: finder.overruled, digest };
}

/** Shown of the lines that name nothing; the person has the file. */
const MOST_UNKNOWN = 5;

/** What to tell a person of lines that were passed over; nothing where there are none. */
export function describePassedOver({
  unknown,
  foreign,
  overruled,
}: Pick<PoolCorrections, 'unknown' | 'foreign' | 'overruled'>): string[] {
  return [...describeUnknown(unknown), ...describeForeign(foreign), ...describeOverruled(overruled)];
}

/** Lines of each class that the project does not have, by class, in the order of the file. */
export function countForeign(foreign: PoolCorrections['foreign']): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of foreign) counts.set(className ?? '', (counts.get(className ?? '') ?? 0) + 1);
  return counts;
}

function describeForeign(foreign: PoolCorrections['foreign']): string[] {
  if (foreign.length === 0) return [];
  const counts = [...countForeign(foreign)];
  const shown = counts.slice(0, MOST_UNKNOWN).map(([name, count]) => `${JSON.stringify(name.slice(0, 100))} ${count}`);
  const more = counts.length > MOST_UNKNOWN ? ` and ${counts.length - MOST_UNKNOWN} more` : '';
  const lines = foreign.length === 1 ? '1 correction names a class' : `${foreign.length} corrections name classes`;
  return [
    `${lines} that the project does not have (${shown.join(', ')}${more}; the first in line ${foreign[0]?.line}): passed over.`,
  ];
}

function describeUnknown(unknown: PoolCorrections['unknown']): string[] {
  if (unknown.length === 0) return [];
  const shown = unknown
    .slice(0, MOST_UNKNOWN)
    .map(({ line, picture }) => `${JSON.stringify(picture.slice(0, 100))} (line ${line})`);
  const more = unknown.length > MOST_UNKNOWN ? ` and ${unknown.length - MOST_UNKNOWN} more` : '';
  return [`Corrections that name no picture of this data set: ${shown.join(', ')}${more}.`];
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
