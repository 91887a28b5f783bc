import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import path from 'node:path';

const IN_MEMORY = '/dev/shm';
/** Specs leave at most some two gigabytes at a time. */
const WANTED_BYTES = 8e9;

/**
 * A folder for what specs write and throw away, in memory where that is large enough and programs may run from it: the
 * databases that they copy are thousands of files each. It goes when the process ends.
 * @returns its path; on disk where memory is short
 */
export function temporaryFolder() {
  const inMemory = roomIn(IN_MEMORY) >= WANTED_BYTES ? makeIn(IN_MEMORY) : undefined;
  const folder = inMemory !== undefined && runsPrograms(inMemory) ? inMemory : makeIn(tmpdir());
  if (inMemory !== undefined && inMemory !== folder) remove(inMemory);
  process.once('exit', () => remove(folder));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  return folder;
}

/** Of a short name, as those of sockets below it must be; the user who runs Postgres may pass through. */
function makeIn(parent) {
  const folder = mkdtempSync(path.join(parent, 'w-'));
  chmodSync(folder, 0o711);
  return folder;
}

const remove = (folder) => rmSync(folder, { recursive: true, force: true });

function roomIn(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.min(bavail * bsize, freemem());
  } catch {
    return 0;
  }
}

/** Containers often forbid it of folders in memory; specs build native code there. */
function runsPrograms(folder) {
  const program = path.join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  const { status } = spawnSync(program);
  rmSync(program);
  return status === 0;
}
