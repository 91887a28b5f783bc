/** Lists of numbers, one after the other. */
export interface RowLists {
  /** Where each list starts, [lists + 1]. */
  readonly starts: Uint32Array;
  readonly members: Uint32Array;
}

/** What is in each of `lists` lists, ascending: a counting sort of 0..n-1 by the list that each is in. */
export function listMembers(listOf: Uint32Array, lists: number): RowLists {
  const starts = new Uint32Array(lists + 1);
  for (const list of listOf) starts[list + 1] = (starts[list + 1] as number) + 1;
  for (let list = 0; list < lists; list += 1)
    starts[list + 1] = (starts[list + 1] as number) + (starts[list] as number);
  const next = starts.slice(0, lists);
  const members = new Uint32Array(listOf.length);
  listOf.forEach((list, member) => {
    const index = next[list] as number;
    members[index] = member;
    next[list] = index + 1;
  });
  return { starts, members };
}

/** A view of one list. */
export function listAt({ starts, members }: RowLists, list: number): Uint32Array {
  return members.subarray(starts[list], starts[list + 1]);
}
