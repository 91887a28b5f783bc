import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PREFIX = '.build-';
const HEARTBEAT = 'heartbeat';
const HEARTBEAT_MILLIS = 2000;
/** A folder whose owner has not been heard of for so long was left by a killed process. */
const STALE_MILLIS = 30_000;
const POLL_MILLIS = 250;
/** In so many looks a living owner is heard of, also one that stood still until the first of them. */
const STALE_LOOKS = (2 * HEARTBEAT_MILLIS) / POLL_MILLIS;

export interface FolderTarget {
  readonly folder: string;
  /** File that every complete folder holds. */
  readonly marker: string;
  /** Called once where another process is filling it. */
  onWait?(): void;
  readonly signal?: AbortSignal;
}

/**
 * Fills a folder that appears under its final name only when it is complete: `fill` works in a folder beside it,
 * which is renamed at the end. A second process waits for the first; what killed processes left is removed.
 */
export async function fillFolderOnce(target: FolderTarget, fill: (folder: string) => Promise<void>): Promise<void> {
  const parent = dirname(target.folder);
  await mkdir(parent, { recursive: true, mode: 0o755 });
  await waitForOthers(parent, target);
  if (existsSync(target.marker)) return;

  const building = join(parent, `${PREFIX}${randomUUID()}`);
  await mkdir(building, { mode: 0o755 });
  await writeFile(join(building, HEARTBEAT), '');
  const beat = setInterval(() => void touch(join(building, HEARTBEAT)), HEARTBEAT_MILLIS);
  try {
    await fill(building);
    await moveInto(building, target);
  } finally {
    clearInterval(beat);
    await rm(building, { recursive: true, force: true });
  }
}

async function moveInto(building: string, target: FolderTarget): Promise<void> {
  if (existsSync(target.marker)) return;
  // Without a marker it is nobody's: complete folders are moved here with theirs inside.
  await rm(target.folder, { recursive: true, force: true });
  await rm(join(building, HEARTBEAT), { force: true });
  try {
    await rename(building, target.folder);
  } catch (error) {
    if (!existsSync(target.marker)) throw error;
  }
}

async function waitForOthers(parent: string, target: FolderTarget): Promise<void> {
  let waiting = false;
  const staleLooks = new Map<string, number>();
  while (!existsSync(target.marker) && (await othersAtWork(parent, staleLooks))) {
    if (!waiting) target.onWait?.();
    waiting = true;
    await sleep(POLL_MILLIS, undefined, target.signal && { signal: target.signal });
  }
}

/** @param staleLooks by folder: how often its owner was not heard of, in a row */
async function othersAtWork(parent: string, staleLooks: Map<string, number>): Promise<boolean> {
  let atWork = false;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    const ageMillis = Date.now() - (await lastHeartbeat(folder));
    const looks = ageMillis < STALE_MILLIS ? 0 : (staleLooks.get(folder) ?? 0) + 1;
    staleLooks.set(folder, looks);
    if (looks <= STALE_LOOKS) atWork = true;
    else await rm(folder, { recursive: true, force: true });
  }
  return atWork;
}

/** Milliseconds since 1970; 0 for a folder that is gone. */
async function lastHeartbeat(folder: string): Promise<number> {
  for (const path of [join(folder, HEARTBEAT), folder]) {
    const found = await stat(path).catch(() => null);
    if (found) return found.mtimeMs;
  }
  return 0;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
