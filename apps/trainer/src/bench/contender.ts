/** One of the programs that a benchmark compares. */
export interface Contender {
  readonly name: string;
  /** Starts up and warms up, so that the first round meets nobody else's start. */
  prepare(): Promise<void>;
  /** Does its work some times. @returns the time of each, milliseconds */
  round(): Promise<readonly number[]>;
  /** Most memory that its process held so far, bytes; null where it shares a process with another. */
  peakBytes(): number | null;
  close(): void;
}
