import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { WinnowError } from '@winnow/contracts';
import type { EngineChoice } from '@winnow/tensor';
import { letEventsIn } from '../compare-contenders';
import type { PictureSet } from './picture-set';

/** Our stages over one set of pictures. */
export interface StagesJob {
  readonly set: PictureSet;
  /** Network of the last stage; without it there is none. */
  readonly network: string | null;
  /** Least similarity of its features, 0..1, of pairs whose pixels are then compared. */
  readonly similarity: number | null;
  readonly engine: EngineChoice;
  readonly cacheDir: string;
}

/** What they took and found. */
export interface StagesAnswer {
  /** PDQ, in the order of the files. */
  readonly hashes: readonly string[];
  /** Places in the list of files. */
  readonly clusters: readonly (readonly number[])[];
  /** The one searched with; null where there is no last stage. */
  readonly similarity: number | null;
  /** Decoding and hashing all files. */
  readonly hashSeconds: number;
  /** Decoding and embedding all files. */
  readonly embedSeconds: number;
  readonly searchSeconds: number;
  readonly peakBytes: number;
}

const HOOK = path.resolve(__dirname, '../../../../winnow/bin/register-typescript.js');
const ENTRY = path.join(__dirname, 'our-stages-process.ts');

/** Runs our stages in a process of its own, so that its memory is theirs alone. @throws WinnowError INTERNAL, INTERRUPTED */
export async function runOurStages(job: StagesJob, signal: AbortSignal): Promise<StagesAnswer> {
  const child = spawn(process.execPath, ['-r', HOOK, ENTRY], { stdio: ['pipe', 'pipe', 'pipe'], signal });
  // What stops it shows in its exit.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(job));
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null)).once('exit', resolve);
  });
  const [answer, said, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (exitCode === 0) return JSON.parse(answer) as StagesAnswer;
  await letEventsIn(signal);
  throw new WinnowError('INTERNAL', `Our process ended with ${exitCode}: ${said.trim().slice(-500)}`, {
    where: ENTRY,
    next: 'Run it by hand to see all of its message.',
  });
}
