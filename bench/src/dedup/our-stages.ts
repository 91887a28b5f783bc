import path from 'node:path';
import type { EngineChoice } from '@winnow/tensor';
import { runJson } from '../harness/run-json';
import { TYPESCRIPT_HOOK } from '../harness/workspace';
import type { ImageSet } from './image-set';

/** Our stages over one set of images. */
export interface StagesJob {
  readonly set: ImageSet;
  /** Network of the last stage; without it there is none. */
  readonly network: string | null;
  /** Least similarity of its features, 0..1, of pairs whose pixels are then compared. */
  readonly similarity: number | null;
  readonly engine: EngineChoice;
  readonly cacheDir: string;
}

/** What they took and found. */
export interface StagesReply {
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

const ENTRY = path.join(__dirname, 'our-stages-process.ts');

/** Runs our stages in a process of its own, so that its memory is theirs alone. @throws WinnowError INTERNAL, INTERRUPTED */
export function runOurStages(job: StagesJob, signal: AbortSignal): Promise<StagesReply> {
  const call = { command: process.execPath, args: ['-r', TYPESCRIPT_HOOK, ENTRY] };
  return runJson<StagesReply>(call, { signal, input: JSON.stringify(job) });
}
