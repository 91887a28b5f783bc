import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const WORKSPACE = path.resolve(__dirname, '../../../..');
const HOOK = path.join(WORKSPACE, 'apps/winnow/bin/register-typescript.js');
const WINNOW = path.join(WORKSPACE, 'apps/winnow/bin/winnow.js');
const HALFWAY = 'HALFWAY';
/**
 * Lets a training stand still once two epochs are in its checkpoints: in the middle of it, for as long as we look; not
 * with the embedded database in its hands, which others want.
 */
const STAND_STILL = `
  const fs = require('node:fs');
  const { rename } = fs.promises;
  let records = 0;
  fs.promises.rename = async (from, to) => {
    await rename(from, to);
    if (!/checkpoints.step-\\d+\\.json$/.test(to)) return;
    records += 1;
    if (records !== 2) return;
    const holder = () => fs.readFileSync('.winnow/db.lock', 'utf8');
    const holds = () => { try { return JSON.parse(holder()).pid === process.pid; } catch { return false; } };
    while (holds()) await new Promise((resolve) => setTimeout(resolve, 20));
    fs.writeSync(2, '${HALFWAY}');
    process.kill(process.pid, 'SIGSTOP');
  };`;

/** A process of winnow on an embedded database, to be killed by whoever starts it. */
export function startWinnow(cwd: string, args: readonly string[], preload: readonly string[] = []): ChildProcess {
  const before = [HOOK, ...preload].flatMap((file) => ['-r', file]);
  return spawn(process.execPath, [...before, WINNOW, ...args], {
    cwd,
    env: { ...process.env, DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits until a training that was started stands still in its middle. */
export function standingStill(child: ChildProcess): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(HALFWAY)) resolve();
    });
    child.once('close', () => reject(new Error(`It ended: ${log}`)));
  });
}

/** Writes what lets a training stand still. @returns the file, to be loaded before it */
export function writeStandStill(folder: string): string {
  const preload = path.join(folder, 'stand-still.cjs');
  writeFileSync(preload, STAND_STILL);
  return preload;
}
