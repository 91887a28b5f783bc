/** How a picture can become square for a network; `keep` is of data sets only. */
export const SQUARES = ['squash', 'cover', 'attention', 'letterbox'] as const;
export type Square = (typeof SQUARES)[number];

/**
 * What a person asked for, else what the weights file says of the network's own pictures, else squash. Pictures that
 * kept their shape were seen by the square in their middle.
 */
export function squareAsLearnt(asked: unknown, recorded: string | undefined): Square {
  const how = asked ?? recorded;
  if (how === 'keep') return 'cover';
  return SQUARES.find((known) => known === how) ?? 'squash';
}
