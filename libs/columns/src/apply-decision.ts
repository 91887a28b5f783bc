import type { DecidedState } from '@winnow/contracts';
import { DECIDED_STATES, NO_CLASS } from './image-columns';
import type { ImageColumns } from './image-columns';

/** What people together say of an image now. */
export interface DecidedImage {
  /** Hex. */
  readonly sha256: string;
  readonly state: DecidedState;
  /** Index of the class; null: none, or that it shows none of the classes. */
  readonly decided: number | null;
  /** Whose opinions stand. */
  readonly people: readonly string[];
}

const MAX_PERSONS = 32;

/** Writes what people say of an image into its rows. */
export function applyDecision(
  columns: ImageColumns,
  rows: readonly number[],
  { state, decided, people }: Omit<DecidedImage, 'sha256'>,
): void {
  const mask = people.reduce((all, person) => all | (1 << personBit(columns.persons, person)), 0) >>> 0;
  for (const row of rows) {
    columns.state[row] = DECIDED_STATES.indexOf(state);
    columns.decided[row] = decided ?? NO_CLASS;
    columns.people[row] = mask;
  }
}

function personBit(persons: string[], person: string): number {
  const known = persons.indexOf(person);
  if (known >= 0) return Math.min(known, MAX_PERSONS - 1);
  return Math.min(persons.push(person) - 1, MAX_PERSONS - 1);
}
