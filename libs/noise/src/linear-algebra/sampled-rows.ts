/** Shifts sampled rows within their stretches, evenly, so that no order of the images with a period is taken for all of them. */
const GOLDEN_RATIO = 0.618_033_988_749_895;

/** Of so many rows, at most `maxRows`: all, or one of every stretch of equal length, each elsewhere in its stretch. */
export function spreadRows(count: number, maxRows: number): Int32Array {
  const used = Math.min(count, maxRows);
  return Int32Array.from({ length: used }, (_, turn) =>
    Math.floor(((turn + ((turn * GOLDEN_RATIO) % 1)) * count) / used),
  );
}

/**
 * Of so many rows, at most `maxRows`: all, or every n-th. Data sets are in the order of digests, which has no period; of a pool
 * with a period that divides n it sees a part alone, where `spreadRows` sees all. What is fitted from these rows depends on
 * them to the last digit, so to take others is a new revision of the split `winnow` and of the methods that refine.
 */
export function evenlySpacedRows(count: number, maxRows: number): Int32Array {
  const used = Math.min(count, maxRows);
  return Int32Array.from({ length: used }, (_, turn) => Math.floor((turn * count) / used));
}
