import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { workspace } from './workspace.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const { loadWorld, WORLD_FILE } = workspace('@winnow/config');
const { writeFileAtomic } = workspace('@winnow/files');

/**
 * Makes the folder of a world, whole or not at all. One that the same tool made before is replaced, and comes back where
 * a killed call had only moved it aside.
 * @param {string} out
 * @param {string} tool that makes it: stands in world.json
 * @param {(folder: string) => Promise<object>} work writes everything but world.json and returns what that shall hold
 * @throws WinnowError FILE_NOT_WRITABLE where something else is there
 */
export async function writeWorld(out, tool, work) {
  restoreOld(out);
  requireReplaceable(out, tool);
  mkdirSync(path.dirname(out), { recursive: true });
  const hidden = path.join(realpathSync(path.dirname(out)), `.${path.basename(out)}.${process.pid}`);
  const draft = `${hidden}.tmp`;
  mkdirSync(draft);
  try {
    const { made, ...world } = await work(draft);
    const file = path.join(draft, WORLD_FILE);
    await writeFileAtomic(file, `${JSON.stringify({ ...world, made: { by: tool, ...made } }, null, 1)}\n`);
    await loadWorld(file);
    replace(out, draft, `${hidden}.old`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function replace(out, draft, old) {
  const isThere = existsSync(out);
  // Of a killed call that had the same number.
  rmSync(old, { recursive: true, force: true });
  if (isThere) renameSync(out, old);
  try {
    renameSync(draft, out);
  } catch (error) {
    if (isThere) renameSync(old, out);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Killed between two renames, a call leaves its world under a hidden name only. */
function restoreOld(out) {
  if (existsSync(out) || !existsSync(path.dirname(out))) return;
  const [prefix, folder] = [`.${path.basename(out)}.`, path.dirname(out)];
  const old = readdirSync(folder).find(
    (name) => name.startsWith(prefix) && /^\d+\.old$/.test(name.slice(prefix.length)),
  );
  if (old !== undefined) renameSync(path.join(folder, old), out);
}

function requireReplaceable(out, tool) {
  if (!existsSync(out)) return;
  if (statSync(out).isDirectory() && (readdirSync(out).length === 0 || makerOf(out) === tool)) return;
  throw new WinnowError('FILE_NOT_WRITABLE', `There is something that ${tool} did not make`, {
    where: out,
    next: 'Name a new folder, or remove this one.',
  });
}

function makerOf(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, WORLD_FILE), 'utf8')).made.by;
  } catch {
    return undefined;
  }
}
