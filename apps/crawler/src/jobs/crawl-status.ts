import { rm } from 'node:fs/promises';
import path from 'node:path';
import { projectStatus } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { writeFileAtomic } from '@winnow/files';

const STATUS_FILE = 'status.json';

/** Writes down how far the project is, for `winnow status` while a crawl holds the embedded database. */
export async function leaveStatus(stateDir: string, database: DatabaseHandle, project: string): Promise<void> {
  const now = new Date();
  const text = JSON.stringify({ at: now.toISOString(), status: await projectStatus(database, project, now) });
  await writeFileAtomic(path.join(stateDir, STATUS_FILE), text);
}

/** For when the database is free again: until then whoever asks has nothing else. */
export async function removeStatus(stateDir: string): Promise<void> {
  await rm(path.join(stateDir, STATUS_FILE), { force: true });
}
