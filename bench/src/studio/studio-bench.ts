import type { CommandIo } from '@winnow/contracts';
import type { MillionProject } from './million-project';

/** What a part of the benchmark works on. */
export interface StudioBench {
  readonly project: MillionProject;
  /** Of its own, for whatever else a part needs. */
  readonly folder: string;
  readonly rounds: number;
  readonly io: CommandIo;
}

/** Figures of a part by name. All milliseconds, but where a name says otherwise. */
export interface PartFigures {
  /** Whether the goals of the design hold; null where none is missed, but some were not measured. */
  readonly isHeld: boolean | null;
}

/** Of several: none may be missed, and none left out. */
export function holdAll(parts: readonly (boolean | null)[]): boolean | null {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}
