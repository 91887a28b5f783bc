import type { DecisionFinder, OverruledDecision } from './decision-finder';
import type { CorrectionRow } from './load-corrections';

/** Shown of the lines of a kind; the person has the file. */
const MAX_SHOWN = 5;

/**
 * What to tell a person of corrections that change nothing; nothing where all do.
 * @param dataSet which one has none of the images of the unknown lines
 */
export function describePassedOver(
  { unknown, foreign: external, overruled }: Pick<DecisionFinder, 'unknown' | 'foreign' | 'overruled'>,
  dataSet = 'this data set',
): string[] {
  return [...describeUnknown(unknown, dataSet), ...describeExternal(external), ...describeOverruled(overruled)];
}

/** Lines of each class that the project does not have, by class, in the order of the file. */
export function countExternal(external: readonly CorrectionRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of external) counts.set(className ?? '', (counts.get(className ?? '') ?? 0) + 1);
  return counts;
}

function describeExternal(external: readonly CorrectionRow[]): string[] {
  if (external.length === 0) return [];
  const counts = [...countExternal(external)].map(([name, count]) => `${JSON.stringify(name.slice(0, 100))} ${count}`);
  const lines = external.length === 1 ? '1 correction names a class' : `${external.length} corrections name classes`;
  return [
    `${lines} that the project does not have (${firstOf(counts)}; the first in line ${external[0]?.line}): passed over.`,
  ];
}

function describeUnknown(unknown: readonly CorrectionRow[], dataSet: string): string[] {
  if (unknown.length === 0) return [];
  const lines = unknown.map(({ line, picture: image }) => `${JSON.stringify(image.slice(0, 100))} (line ${line})`);
  return [`Corrections that name no image of ${dataSet}: ${firstOf(lines)}.`];
}

function describeOverruled(overruled: readonly OverruledDecision[]): string[] {
  const lost = overruled.flatMap(({ overruled: { line }, by }) =>
    by === null ? [] : [`line ${line} (line ${by.line} holds)`],
  );
  const open = overruled.flatMap(({ overruled: { line }, by }) => (by === null ? [`line ${line}`] : []));
  return [
    ...(lost.length === 0
      ? []
      : [
          `Corrections of copies that say something else than those of the images that stand for them: ${firstOf(lost)}.`,
        ]),
    ...(open.length === 0
      ? []
      : [
          `Corrections of copies of one image that disagree, so that none holds: ${firstOf(open)}. Decide on the image itself.`,
        ]),
  ];
}

function firstOf(parts: readonly string[]): string {
  const more = parts.length > MAX_SHOWN ? ` and ${parts.length - MAX_SHOWN} more` : '';
  return `${parts.slice(0, MAX_SHOWN).join(', ')}${more}`;
}
