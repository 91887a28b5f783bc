import type { BuildDiff, Change, ChangedImage } from './diff-builds';

/** Renumbered classes that are named; --json has all. */
const MAX_SHOWN = 10;

/** What a person reads of two builds: only what differs. @param isListed whether images are named one by one */
export function describeDiff(diff: BuildDiff, isListed: boolean): readonly string[] {
  const { before, after, added, removed, relabelled, classes, renumbered, outcomes, settings } = diff;
  const same = before.digest === after.digest;
  return [
    `${before.id} -> ${after.id}: ${before.sampleCount} -> ${after.sampleCount} images; ${added.length} added, ${removed.length} removed, ${relabelled.length} relabelled.`,
    same ? `The digest is the same: ${after.digest}.` : `Digest ${before.digest} -> ${after.digest}.`,
    ...describeRenumbered(renumbered),
    ...table(
      'class',
      classes.filter((row) => row.before !== row.after),
    ),
    ...table('left out or folded', outcomes),
    ...settings.map(({ key, before: old, after: now }) => `${key}: ${show(old)} -> ${show(now)}`),
    ...(isListed ? [...lines('+', added), ...lines('-', removed), ...lines('~', relabelled)] : []),
  ];
}

/** What to tell a person of classes with other numbers; nothing where there is none. */
export function describeRenumbered(renumbered: readonly Change<number>[]): readonly string[] {
  if (renumbered.length === 0) return [];
  const shown = renumbered.slice(0, MAX_SHOWN).map(({ name, before, after }) => `${name} ${before} -> ${after}`);
  const more = renumbered.length > MAX_SHOWN ? ` and ${renumbered.length - MAX_SHOWN} more` : '';
  return [`Classes renumbered (\`cls\` in the shards): ${shown.join(', ')}${more}.`];
}

function lines(sign: string, images: readonly ChangedImage[]): readonly string[] {
  return images.map(({ sha256, before, after }) => {
    const names = [before, after].filter((list) => list.length > 0).map((list) => list.join(', '));
    return `${sign} ${sha256} ${names.join(' -> ')}`;
  });
}

function table(heading: string, rows: readonly Change<number>[]): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ name, before, after }) => [
    name,
    String(before),
    String(after),
    after > before ? `+${after - before}` : String(after - before),
  ]);
  const all = [[heading, 'before', 'after', 'change'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
