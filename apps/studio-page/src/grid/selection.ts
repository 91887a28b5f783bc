/** From, and the first one after: sorted, none empty, none touching another. Of a million tiles all are one range. */
export type Selection = readonly (readonly [from: number, end: number])[];

export const NOTHING: Selection = [];

export function everything(total: number): Selection {
  return total === 0 ? NOTHING : [[0, total]];
}

export function isSelected(selection: Selection, index: number): boolean {
  return selection.some(([from, end]) => from <= index && index < end);
}

export function countSelected(selection: Selection): number {
  return selection.reduce((sum, [from, end]) => sum + end - from, 0);
}

export function addRange(selection: Selection, from: number, end: number): Selection {
  if (end <= from) return selection;
  const apart = selection.filter(([otherFrom, otherEnd]) => otherEnd < from || end < otherFrom);
  const merged = selection.filter((range) => !apart.includes(range));
  const whole = [
    Math.min(from, ...merged.map(([low]) => low)),
    Math.max(end, ...merged.map(([, high]) => high)),
  ] as const;
  return [...apart, whole].sort(([a], [b]) => a - b);
}

export function removeRange(selection: Selection, from: number, end: number): Selection {
  if (end <= from) return selection;
  return selection.flatMap(([low, high]) => {
    const parts = [
      [low, Math.min(high, from)],
      [Math.max(low, end), high],
    ] as const;
    return parts.filter(([a, b]) => a < b);
  });
}

/** Selects what is not, and the other way round: "this list but these" is everything with some of it toggled. */
export function toggle(selection: Selection, index: number): Selection {
  return isSelected(selection, index)
    ? removeRange(selection, index, index + 1)
    : addRange(selection, index, index + 1);
}
