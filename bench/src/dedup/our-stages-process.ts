import { text } from 'node:stream/consumers';
import { startEngine } from '@winnow/tensor';
import { peakBytes } from '../harness/figures';
import { findDuplicates } from './find-duplicates';
import type { StagesJob } from './our-stages';

/** Entry of the process that measures our stages: a job on stdin, its answer on stdout. */
async function main(): Promise<void> {
  const job = JSON.parse(await text(process.stdin)) as StagesJob;
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  if (job.network !== null) await startEngine(job.engine, { cacheDir: job.cacheDir, log, install: true });
  const found = await findDuplicates(job);
  process.stdout.write(JSON.stringify({ ...found, peakBytes: peakBytes() }));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
