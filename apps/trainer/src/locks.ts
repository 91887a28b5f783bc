import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { acquireLock, enterTrainings, lockHolder, preparingLock, waitForLock } from '@winnow/db';
import type { Holder } from '@winnow/db';
import { fileError } from '@winnow/files';

const POLL_MILLIS = 1000;
const TURN_MILLIS = 20;
const OTHERS = 'another command';

/**
 * Takes a lock file, in a folder that is there; one that a killed command left is taken over.
 * @param refusal what to say where another command holds it, and what the person can do but wait
 * @returns gives it back
 * @throws WinnowError DATABASE_BUSY, FILE_NOT_WRITABLE, DISK_FULL
 */
export async function holdLock(file: string, command: string, refusal: Refusal): Promise<() => Promise<void>> {
  return acquireLock(file, command).catch(async (error: unknown) => {
    if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') throw fileError(error, file);
    throw heldError(await lockHolder(file), { ...refusal, file, cause: error });
  });
}

interface Refusal {
  readonly what: string;
  readonly otherwise: string;
}

/** What a command ends with where another one holds a lock that it does not wait for. @param holder null: gone by now */
export function heldError(
  holder: Holder | null,
  { what, otherwise, file, cause }: Refusal & { readonly file: string; readonly cause?: unknown },
): WinnowError {
  const who = holder === null ? '' : `: \`${holder.command}\` (process ${holder.pid})`;
  return new WinnowError('DATABASE_BUSY', `${what}${who}`, {
    where: file,
    next: `Wait for it to end, or ${otherwise}. If it ran on another machine and is gone, delete this file.`,
    cause,
  });
}

/** Whom a command waits for; of another machine nobody can tell whether it still lives. */
export function describeHolder({ command, pid, host }: Holder, file: string): string {
  const isHere = host === undefined || host === hostname();
  const who = `\`${command}\` (process ${pid}${isHere ? '' : ` on ${host}`}).`;
  return isHere ? who : `${who} If that one is gone, delete ${file}.`;
}

/** What a lock of a project's trainings is asked for. */
export interface TrainingSeeker {
  readonly config: Pick<ProjectConfig, 'paths'>;
  readonly io: Pick<CommandIo, 'log' | 'signal'>;
}

/**
 * Counts a command among those that train in a project's folder while `work` lasts. Several may: each run has a lock of
 * its own.
 * @throws WinnowError FILE_NOT_WRITABLE, DISK_FULL
 */
export async function whileTraining<T>(
  { config: { paths } }: Pick<TrainingSeeker, 'config'>,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const leave = await mkdir(paths.runs, { recursive: true })
    .then(() => enterTrainings(paths.runs, command))
    .catch((error: unknown) => {
      throw fileError(error, paths.runs);
    });
  try {
    return await work();
  } finally {
    await leave();
  }
}

/**
 * Reads data, asks the teacher and splits alone: whoever comes next waits, and finds kept what the first one made.
 * @throws WinnowError INTERRUPTED, FILE_NOT_WRITABLE, DISK_FULL
 */
export async function prepareAlone<T>(
  { config: { paths }, io }: TrainingSeeker,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const file = preparingLock(paths.runs);
  const lock = await waitForLock(file, {
    command,
    busyMillis: Infinity,
    onBusy: (holder) => io.log(`Waiting for ${describeHolder(holder, file)}`),
    signal: io.signal,
    waitingFor: OTHERS,
  }).catch((error: unknown) => {
    throw fileError(error, file);
  });
  return work().finally(() => lock.release());
}

/** A lock that was taken, or who has it. */
type Tried =
  | { readonly release: () => Promise<void>; readonly holder?: undefined }
  | { readonly release?: undefined; readonly holder: Holder };

/** Takes a lock, or says who has it. @throws WinnowError FILE_NOT_WRITABLE, DISK_FULL */
export async function tryLock(file: string, command: string): Promise<Tried> {
  for (;;) {
    try {
      return { release: await acquireLock(file, command) };
    } catch (error) {
      if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') throw fileError(error, file);
      const holder = await lockHolder(file);
      if (holder !== null) return { holder };
      // Gone by now, or another process is just taking it over.
      await delay(TURN_MILLIS);
    }
  }
}

/** Between two looks at a lock. @throws WinnowError INTERRUPTED */
export async function pause(signal: AbortSignal): Promise<void> {
  await delay(POLL_MILLIS, undefined, { signal }).catch(() => undefined);
  requireUninterrupted(signal, `Stopped while waiting for ${OTHERS}`);
}
