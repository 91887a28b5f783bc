import { createHash } from 'node:crypto';
import path from 'node:path';
import { contradiction, loadCorrections } from '@winnow/config';
import type { CorrectionRow, ProjectConfig } from '@winnow/config';
import { compareText } from '@winnow/contracts';
import type { MethodName } from '@winnow/contracts';
import type { Correction } from '@winnow/noise';
import { labelsByName } from '../labels-by-name';
import type { BuildImages } from '../pictures/load-build-images';
import { DECISION_READERS } from './split-readers';

export interface PoolCorrections {
  /** Sorted by row. */
  readonly applied: readonly Correction[];
  /** Lines that name no picture of this pool: of another build, or mistyped. */
  readonly unknown: readonly CorrectionRow[];
  /** Lines with a class that the project does not have, or no longer: passed over. */
  readonly foreign: readonly CorrectionRow[];
  /** Of what is applied, hex; null where nothing is. */
  readonly digest: string | null;
}

export type CorrectedPool = Pick<BuildImages, 'images' | 'provenance' | 'sha256'>;

const NOTHING: PoolCorrections = { applied: [], unknown: [], foreign: [], digest: null };

/** The corrections that the project names, or none. @throws WinnowError as loadCorrections and matchCorrections */
export async function loadPoolCorrections(
  { split, paths }: Pick<ProjectConfig, 'split' | 'paths'>,
  pool: CorrectedPool,
): Promise<PoolCorrections> {
  if (split.corrections === undefined) return NOTHING;
  const file = path.resolve(paths.root, split.corrections);
  return matchCorrections(await loadCorrections(file, pool.images.classes), pool, file);
}

/**
 * Finds the pictures that corrections name by image URL or sha256. A name that several pictures have names all of them.
 * @throws WinnowError FORMAT_INVALID where two lines say different things of one picture
 */
export function matchCorrections(
  corrections: readonly CorrectionRow[],
  pool: CorrectedPool,
  file: string,
): PoolCorrections {
  const { keys, classes } = pool.images;
  const labels = labelsByName(classes);
  const isForeign = ({ className }: CorrectionRow): boolean => className !== null && !labels.has(className);
  const find = pictureFinder(pool, new Set(corrections.map(({ picture }) => picture)));
  const lineOf = new Map<number, CorrectionRow>();
  const unknown: CorrectionRow[] = [];
  for (const correction of corrections.filter((one) => !isForeign(one))) {
    const rows = find(correction.picture);
    if (rows.length === 0) unknown.push(correction);
    for (const row of rows) {
      const earlier = lineOf.get(row);
      if (earlier === undefined) lineOf.set(row, correction);
      else if (earlier.className !== correction.className) throw contradiction(file, earlier.line, correction.line);
    }
  }
  const applied = [...lineOf]
    .map(([row, { className }]): Correction => ({
      row,
      truth: className === null ? 'open' : (labels.get(className) as number),
    }))
    .sort((a, b) => a.row - b.row);
  const said = applied.map(({ row, truth }) => [keys[row] as string, truth] as const);
  const digest = said.length === 0 ? null : digestOf(said);
  return { applied, unknown, foreign: corrections.filter(isForeign), digest };
}

/** Rows of a picture by any of its names; of a million pictures only what is asked for is remembered. */
function pictureFinder(
  { provenance, sha256 }: CorrectedPool,
  asked: ReadonlySet<string>,
): (picture: string) => readonly number[] {
  const rowsOf = new Map<string, Set<number>>();
  const note = (name: string, row: number): void => {
    if (!asked.has(name)) return;
    const rows = rowsOf.get(name);
    if (rows === undefined) rowsOf.set(name, new Set([row]));
    else rows.add(row);
  };
  sha256.forEach((digest, row) => {
    note(digest, row);
    for (const { imageUrl } of provenance[row] ?? []) note(imageUrl, row);
  });
  return (picture) => [...(rowsOf.get(picture) ?? [])];
}

/** The order of the file does not matter, nor do lines that name nothing. */
function digestOf(said: readonly (readonly [string, number | 'open'])[]): string {
  const sorted = [...said].sort(([a], [b]) => compareText(a, b));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** Shown of the lines that name nothing; the person has the file. */
const MOST_UNKNOWN = 5;

/** What to tell a person of lines that were passed over; nothing where there are none. */
export function describePassedOver({ unknown, foreign }: Pick<PoolCorrections, 'unknown' | 'foreign'>): string[] {
  return [...describeUnknown(unknown), ...describeForeign(foreign)];
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
