import { runCommandLine } from '@winnow/winnow';
import type { MainProcess } from '@winnow/winnow';
import { BENCHMARKS, commandNamed } from './benchmarks';

/** Runs `npm run bench -- ...` where it is no script; without a name it lists all. @returns the exit code, as winnow's */
export function main(process: MainProcess): Promise<number> {
  const argv = process.argv.length > 2 ? process.argv : [...process.argv, '--help'];
  return runCommandLine(Object.assign(Object.create(process), { argv }) as MainProcess, {
    name: 'npm run bench --',
    description: 'Measure winnow, beside other programs where there are some.',
    commands: BENCHMARKS,
    load: async ({ name }) => commandNamed(name),
  });
}
