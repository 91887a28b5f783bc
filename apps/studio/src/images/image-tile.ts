import { DECIDED_STATES, digestOf, NO_CLASS, NO_KIND } from '@winnow/columns';
import type { ImageColumns } from '@winnow/columns';
import { NOISE_KINDS } from '@winnow/contracts';
import type { ImageTile } from '@winnow/contracts';

/** What a list shows of an image. @param row its place in the data set */
export function tileOf(columns: ImageColumns, row: number): Omit<ImageTile, 'index'> {
  const kind = columns.kind[row] as number;
  const isSplit = kind !== NO_KIND;
  const decided = columns.decided[row] as number;
  return {
    sha256: digestOf(columns, row),
    kind: isSplit ? (NOISE_KINDS[kind] ?? null) : null,
    given: columns.given[row] as number,
    refined: isSplit ? (columns.refined[row] as number) : null,
    doubt: isSplit ? (columns.doubt[row] as number) : null,
    state: DECIDED_STATES[columns.state[row] as number] ?? 'none',
    decided: decided === NO_CLASS ? null : decided,
    ...(columns.forgotten[row] === 1 && { isForgotten: true as const }),
  };
}
