/** Something wrong with a build. */
export interface BuildProblem {
  /** Name of the shard, or of another file. */
  readonly shard: string;
  readonly problem: string;
  /** Keys of the samples whose bytes are touched, where that can be told. */
  readonly keys?: readonly string[];
  /** First and last byte that differ, where that can be told. */
  readonly bytes?: readonly [from: number, to: number];
}
