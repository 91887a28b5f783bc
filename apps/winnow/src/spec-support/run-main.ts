import { main } from '../main';
import type { MainProcess } from '../main';

interface Written {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in a folder, as a process of its own would. */
export async function runMain(
  line: readonly string[],
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<Written> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    ({ isTTY: false, write: (text: string) => (written[name] += text) !== '' }) as unknown as NodeJS.WriteStream;
  const fake = {
    argv: ['node', 'winnow', ...line],
    cwd: () => folder,
    env,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    on: () => fake,
    off: () => fake,
    exit: (code: number) => {
      throw new Error(`exit ${code}`);
    },
  } as unknown as MainProcess;
  return { exitCode: await main(fake), ...written };
}
