import { lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from './system-error';

const NEW = 'new';
const OLD = 'old';
/** Of a scratch folder's name, after that of the folder: the process that works there, and what makes it unique. */
const SCRATCH = /^(?:(\d+)-)?[A-Za-z0-9]{6}$/;

/**
 * Lets `fill` write a folder, which then appears at `folder` as a whole; where `fill` fails, nothing has changed.
 * @param mayReplace asked at the last moment, which may be minutes later: true where something is there that may go away;
 *   throws where it may not
 * @throws WinnowError FILE_NOT_WRITABLE, DISK_FULL, and what `fill` throws
 */
export async function writeWholeFolder(
  folder: string,
  mayReplace: () => Promise<boolean>,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const parent = path.dirname(folder);
  const scratch = await mkdir(parent, { recursive: true })
    .then(() => mkdtemp(path.join(parent, `${scratchPrefix(folder)}${process.pid}-`)))
    .catch((error: unknown) => {
      throw fileError(error, folder);
    });
  const draft = path.join(scratch, NEW);
  try {
    await mkdir(draft);
    await fill(draft);
    const isReplacement = await mayReplace();
    try {
      if (isReplacement) await rename(folder, path.join(scratch, OLD));
      await rename(draft, folder);
    } catch (error) {
      throw fileError(error, folder);
    }
  } finally {
    // What it leaves is settled by the next one.
    await settle(scratch, folder).catch(() => undefined);
  }
}

/**
 * Ends what a killed process left half done at this folder: where it had moved the earlier one aside, that comes back.
 * @throws WinnowError FILE_NOT_WRITABLE
 */
export async function settleFolder(folder: string): Promise<void> {
  try {
    for (const scratch of await leftovers(folder)) await settle(scratch, folder);
  } catch (error) {
    throw fileError(error, folder);
  }
}

async function settle(scratch: string, folder: string): Promise<void> {
  const old = path.join(scratch, OLD);
  if (!(await exists(folder)) && (await exists(old))) await rename(old, folder);
  await rm(scratch, { recursive: true, force: true });
}

/** Scratch folders that no export works in, the newest first. */
async function leftovers(folder: string): Promise<readonly string[]> {
  const [parent, prefix] = [path.dirname(folder), scratchPrefix(folder)];
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const found: { readonly scratch: string; readonly changedMillis: number }[] = [];
  for (const entry of entries) {
    const match = entry.name.startsWith(prefix) ? SCRATCH.exec(entry.name.slice(prefix.length)) : null;
    if (match === null || !entry.isDirectory() || isAtWork(match[1])) continue;
    const scratch = path.join(parent, entry.name);
    // A person's folder may have such a name.
    if (!(await readdir(scratch)).every((name) => name === NEW || name === OLD)) continue;
    found.push({ scratch, changedMillis: (await lstat(scratch)).mtimeMs });
  }
  return found.sort((a, b) => b.changedMillis - a.changedMillis).map(({ scratch }) => scratch);
}

function scratchPrefix(folder: string): string {
  return `.${path.basename(folder)}.`;
}

/** In a container, the killed process may have had the number that this one has. */
function isAtWork(pid: string | undefined): boolean {
  if (pid === undefined || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function exists(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => undefined)) !== undefined;
}
