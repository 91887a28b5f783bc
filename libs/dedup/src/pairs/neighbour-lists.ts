import type { RowLists } from './row-lists';

/**
 * Sorts pairs into lists of each row's neighbours, ascending; every pair stands in the lists of both. The order of the pairs
 * does not matter.
 * @param chunks interleaved pairs, each once, in either order
 */
export function toNeighbourLists(rows: number, chunks: readonly Uint32Array[]): RowLists {
  const starts = new Uint32Array(rows + 1);
  for (const chunk of chunks) for (const row of chunk) starts[row + 1] = (starts[row + 1] as number) + 1;
  for (let row = 0; row < rows; row += 1) starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number);
  const total = starts[rows] as number;
  // By neighbour: as lists are symmetric, each row's list at first is of the rows that it is a neighbour of.
  const next = starts.slice(0, rows);
  const unsorted = new Uint32Array(total);
  for (const chunk of chunks) {
    for (let index = 0; index < chunk.length; index += 2) {
      const [a, b] = [chunk[index] as number, chunk[index + 1] as number];
      unsorted[next[a] as number] = b;
      next[a] = (next[a] as number) + 1;
      unsorted[next[b] as number] = a;
      next[b] = (next[b] as number) + 1;
    }
  }
  next.set(starts.subarray(0, rows));
  const members = new Uint32Array(total);
  for (let neighbour = 0; neighbour < rows; neighbour += 1) {
    for (let index = starts[neighbour] as number; index < (starts[neighbour + 1] as number); index += 1) {
      const row = unsorted[index] as number;
      members[next[row] as number] = neighbour;
      next[row] = (next[row] as number) + 1;
    }
  }
  return { starts, members };
}
