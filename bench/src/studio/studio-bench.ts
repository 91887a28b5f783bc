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
  /** Whether the goals of the design hold. */
  readonly isHeld: boolean;
}
