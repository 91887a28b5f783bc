/** How `winnow` is started: an executable and what comes before its arguments. */
export interface WinnowProgram {
  readonly executable: string;
  readonly before: readonly string[];
  readonly cwd: string;
}

/** The `winnow` that this process was started as. */
export function ownProgram(): WinnowProgram {
  const [, script = ''] = process.argv;
  return { executable: process.execPath, before: [...process.execArgv, script], cwd: process.cwd() };
}
